<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja">
<context>
    <name>facelab</name>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>About facelab</source>
        <translation>facelab について</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Add another photo of this person…</source>
        <translation>同じ人の写真を追加…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Close photo</source>
        <translation>写真を閉じる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: difference</source>
        <translation>比較：差分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: side by side</source>
        <translation>比較：並べる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: split</source>
        <translation>比較：分割</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Copy edited photo</source>
        <translation>編集した写真をコピー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Copy edits</source>
        <translation>編集内容をコピー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Direction studio…</source>
        <translation>方向スタジオ…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Export…</source>
        <translation>書き出す…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fill with the face</source>
        <translation>顔を大きく表示</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Filter the sliders</source>
        <translation>スライダーを絞り込む</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fine movement of a slider</source>
        <translation>スライダーを細かく動かす</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fit the model to this face</source>
        <translation>この顔にモデルを合わせる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Hold and drag: move the photo</source>
        <translation>押しながらドラッグ：写真を動かす</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Hold: before</source>
        <translation>押している間：編集前</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Keep the focused slider</source>
        <translation>選択中のスライダーを固定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Models…</source>
        <translation>モデル…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Move the focused slider</source>
        <translation>選択中のスライダーを動かす</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Next face</source>
        <translation>次の顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Open…</source>
        <translation>開く…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Paste edits</source>
        <translation>編集内容を貼り付け</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Paste photo</source>
        <translation>写真を貼り付け</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Previous face</source>
        <translation>前の顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Redo</source>
        <translation>やり直す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Reset all</source>
        <translation>すべて戻す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Reset the focused slider</source>
        <translation>選択中のスライダーを戻す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Save personal model</source>
        <translation>個人モデルを保存</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Save personal model as…</source>
        <translation>個人モデルを別名で保存…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Settings…</source>
        <translation>設定…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Whole photo</source>
        <translation>写真全体</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Zoom in</source>
        <translation>拡大</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Zoom out</source>
        <translation>縮小</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Advanced: layers</source>
        <translation>詳細：層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>All</source>
        <comment>layers</comment>
        <translation>すべて</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Slider&apos;s own</source>
        <comment>layers</comment>
        <translation>スライダー固有</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Closer to average</source>
        <translation>平均に近づける</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Coarse: pose, shape</source>
        <translation>粗い層：向き、形</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Fine: colour, light</source>
        <translation>細かい層：色、光</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers of the last slider</source>
        <translation>最後に使ったスライダーの層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers of {name}</source>
        <translation>{name}の層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers that the slider drives</source>
        <translation>スライダーが働く層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Middle: features</source>
        <translation>中間：目鼻立ち</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Pulls the face towards the average face of the model (truncation psi)</source>
        <translation>顔をモデルの平均顔に近づけます（truncation psi）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>Photo</source>
        <translation>写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>after</source>
        <translation>編集後</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>before</source>
        <translation>編集前</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>updating</source>
        <translation>更新中</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>what the model cannot explain</source>
        <translation>モデルが表せない部分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>Click the {name}</source>
        <translation>{name}をクリックしてください</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>Drag the points if needed, then press Enter</source>
        <translation>必要なら点を動かし、Enter を押してください</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>left eye in the image</source>
        <translation>画像の左側の目</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>left mouth corner</source>
        <translation>左の口角</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>right eye in the image</source>
        <translation>画像の右側の目</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>right mouth corner</source>
        <translation>右の口角</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/carrying.py"/>
        <source>The edited photo is on the clipboard.</source>
        <translation>編集した写真をクリップボードにコピーしました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Add another photo of this person</source>
        <translation>同じ人の写真を追加</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>All files</source>
        <translation>すべてのファイル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Do not save</source>
        <translation>保存しない</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Exported {names}</source>
        <translation>{names} を書き出しました</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Photos</source>
        <translation>写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Photos and personal models</source>
        <translation>写真と個人モデル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Save changes to {name}?</source>
        <translation>{name} の変更を保存しますか？</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The clipboard holds no edits.</source>
        <translation>クリップボードに編集内容がありません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The clipboard holds no photo.</source>
        <translation>クリップボードに写真がありません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The personal model and your edits are lost if you do not save them.</source>
        <translation>保存しないと、個人モデルと編集内容は失われます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The studio opens when the model is loaded.</source>
        <translation>スタジオはモデルの読み込みが終わると開けます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Keep {name}</source>
        <translation>{name}を固定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Pasted edits</source>
        <translation>編集内容を貼り付け</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Photo opened</source>
        <translation>写真を開いた</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Preset {name}</source>
        <translation>プリセット：{name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Release {name}</source>
        <translation>{name}の固定を解除</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Variant {name}</source>
        <translation>バリエーション {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>{name} back to 0</source>
        <translation>{name}を 0 に戻す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>{name}: other layers</source>
        <translation>{name}：層を変更</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>10 years older, gentle smile</source>
        <translation>10歳上に、ほほえみ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Age &amp; look</source>
        <translation>年齢と印象</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Broad smile</source>
        <translation>大きな笑顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Clearer picture</source>
        <translation>くっきり</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Custom</source>
        <translation>カスタム</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Expression</source>
        <translation>表情</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Eyes wide open</source>
        <translation>目を大きく開く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Filter</source>
        <translation>絞り込み</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Older</source>
        <translation>年上に</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Pose</source>
        <translation>向き</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Presets</source>
        <translation>プリセット</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Slight smile</source>
        <translation>軽い笑顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Style</source>
        <translation>スタイル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>The sliders appear when the model is loaded.</source>
        <translation>モデルを読み込むとスライダーが表示されます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Younger</source>
        <translation>若く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>A file with this name exists.</source>
        <translation>同じ名前のファイルがあります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Animated WebP</source>
        <translation>アニメーション WebP</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Before/after GIF</source>
        <translation>編集前後の GIF</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Browse…</source>
        <translation>参照…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Export</source>
        <translation>書き出す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Format</source>
        <translation>形式</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Hold at the ends</source>
        <translation>両端での停止</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Keep the photo's metadata</source>
        <translation>写真のメタデータを残す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Keep the place (GPS)</source>
        <translation>撮影場所 (GPS) を残す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Longer side</source>
        <translation>長辺</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Mark as edited with facelab</source>
        <translation>facelab で編集したことを記録</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Movie</source>
        <translation>動画</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Only the face, as the model draws it</source>
        <translation>モデルが描いた顔だけ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Pictures</source>
        <translation>コマ数</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Quality</source>
        <comment>of compression</comment>
        <translation>画質</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Replace it</source>
        <translation>置き換える</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Slider</source>
        <translation>スライダー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Speed</source>
        <translation>速さ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Strip from −3 to +3</source>
        <translation>−3 から +3 までの並び</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>This folder does not exist.</source>
        <translation>このフォルダーはありません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>This is the original photo, which is never overwritten.</source>
        <translation>これは元の写真なので、上書きできません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>about {size} MB</source>
        <translation>約 {size} MB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>per second</source>
        <translation>コマ/秒</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_preview.py"/>
        <source>Preparing the preview</source>
        <translation>プレビューを準備中</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Adjust the part that is edited</source>
        <translation>編集する範囲を調整</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Face</source>
        <translation>顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Face {number} of {count}</source>
        <translation>顔 {number} / {count}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>No face yet</source>
        <translation>顔は未選択</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>No photo open</source>
        <translation>写真が開かれていません</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/film_strip.py"/>
        <source>Photo {number}</source>
        <translation>写真 {number}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/film_strip.py"/>
        <source>Photos of this person</source>
        <translation>この人の写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>A first fit: enough for small changes</source>
        <translation>手早い調整。小さな変更には十分です</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Balanced</source>
        <comment>fitting preset</comment>
        <translation>標準</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Faithful</source>
        <comment>fitting preset</comment>
        <translation>忠実</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fast</source>
        <comment>fitting preset</comment>
        <translation>高速</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fit the model to this face, so that edits keep the likeness.</source>
        <translation>この顔にモデルを合わせると、編集しても本人らしさが保たれます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fitting. The sliders work meanwhile, and the picture gets better.</source>
        <translation>調整中です。その間もスライダーを使え、画像は良くなっていきます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Go on</source>
        <translation>続ける</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Goes on until the picture stops improving</source>
        <translation>画像が良くならなくなるまで続けます</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>How thoroughly to fit</source>
        <translation>合わせる精度</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Keeps the likeness for most edits (pivotal tuning)</source>
        <translation>ほとんどの編集で本人らしさを保ちます（pivotal tuning）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Start</source>
        <comment>fitting the model</comment>
        <translation>開始</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>This model is personal now. Go on to bring it even closer.</source>
        <translation>このモデルはこの顔専用になりました。続けるとさらに近づきます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>about {count} min</source>
        <translation>約 {count} 分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>about {count} s</source>
        <translation>約 {count} 秒</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Delete this variant</source>
        <translation>このバリエーションを削除</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>History</source>
        <translation>履歴</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>History and variants</source>
        <translation>履歴とバリエーション</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Keep this picture as a variant</source>
        <translation>この画像をバリエーションとして残す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Variants</source>
        <translation>バリエーション</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Cancel; what was reached stays</source>
        <translation>中止（ここまでの結果は残ります）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Downloading</source>
        <translation>ダウンロードしています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Drawing previews</source>
        <translation>プレビューを描いています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Exporting</source>
        <translation>書き出しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Fitting the slider</source>
        <translation>スライダーを求めています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Loading the model</source>
        <translation>モデルを読み込んでいます</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking at faces</source>
        <translation>顔を調べています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking for components</source>
        <translation>成分を探しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking for faces</source>
        <translation>顔を探しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Making it yours: fitting the model to this face</source>
        <translation>あなた専用に：この顔にモデルを合わせています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Progress</source>
        <translation>進み具合</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Putting the face back into the photo</source>
        <translation>顔を写真に戻しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Recognising the face</source>
        <translation>顔を読み取っています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Saving</source>
        <translation>保存しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Searching for this face in the model</source>
        <translation>モデルの中でこの顔を探しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Working</source>
        <translation>処理しています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>about {count} min left</source>
        <translation>残り約 {count} 分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>about {count} s left</source>
        <translation>残り約 {count} 秒</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>paused</source>
        <translation>一時停止中</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>step {step} of {total}</source>
        <translation>{total} 回中 {step} 回</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Click a face, or choose it with the arrow keys and Enter</source>
        <translation>顔をクリックするか、矢印キーと Enter で選んでください</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Edit only photos of people who agreed. Nothing leaves this computer.</source>
        <translation>同意を得た人の写真だけを編集してください。データはこのコンピューターの外に出ません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Model {name}, {size} px, {device}</source>
        <translation>モデル {name}、{size} px、{device}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Move the frame, pull a corner to turn and scale; Enter accepts, Escape leaves it</source>
        <translation>枠を動かし、角を引いて回転・拡大縮小。Enter で決定、Escape で取り消し</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>No face was found in the other photo, so it was not added.</source>
        <translation>もう一枚の写真に顔が見つからないため、追加しませんでした。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>No face was found.</source>
        <translation>顔が見つかりませんでした。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>What was dropped</source>
        <translation>ドロップされたもの</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Add a checkpoint</source>
        <translation>チェックポイントを追加</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Add a checkpoint…</source>
        <translation>チェックポイントを追加…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Check</source>
        <translation>検査</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Checkpoints</source>
        <translation>チェックポイント</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Crop convention: scale {scale}, shift {shift}</source>
        <translation>切り抜き方：倍率 {scale}、ずれ {shift}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download</source>
        <translation>ダウンロード</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download {name}?</source>
        <translation>{name} をダウンロードしますか？</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Downloaded; the checksum is right.</source>
        <translation>ダウンロードしました。チェックサムは正しいです。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Downloaded; unverified, its checksum was recorded.</source>
        <translation>ダウンロードしました。未検証のため、チェックサムを記録しました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download…</source>
        <translation>ダウンロード…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>For non-commercial use only.</source>
        <translation>非商用利用に限ります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Licence: {text}</source>
        <translation>ライセンス：{text}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>No checksum is known for this file: unverified.</source>
        <translation>このファイルのチェックサムは不明です（未検証）。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>No checksum is published: it is recorded at the first download and shown as unverified.</source>
        <translation>チェックサムは公開されていません。最初のダウンロード時に記録し、未検証と表示します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The checksum is right.</source>
        <translation>チェックサムは正しいです。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The checksum is wrong or a file is missing.</source>
        <translation>チェックサムが違うか、ファイルが足りません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The model was added.</source>
        <translation>モデルを追加しました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Use this model</source>
        <translation>このモデルを使う</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>W projection: the perceptual loss of StyleGAN2 (LPIPS-VGG)</source>
        <translation>W への投影：StyleGAN2 の知覚損失（LPIPS-VGG）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>What it is for: {text}</source>
        <translation>用途：{text}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>alignment of difficult faces (about 96 MB)</source>
        <translation>難しい顔の位置合わせ（約 96 MB）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>inversion and tuning: the smallest LPIPS network (5 MB)</source>
        <translation>反転と調整：最小の LPIPS ネットワーク（5 MB）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>on this computer</source>
        <translation>このコンピューターにあります</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>size unknown</source>
        <translation>サイズ不明</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>the model that comes with facelab: everything works with it, offline</source>
        <translation>facelab に付属のモデル。すべてオフラインで動きます</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>the published directions and numbers; slow on a CPU</source>
        <translation>公開されている方向と数値。CPU では遅くなります</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>tuning: the perceptual loss of the PTI paper (LPIPS-Alex)</source>
        <translation>調整：PTI 論文の知覚損失（LPIPS-Alex）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>{size} MB</source>
        <translation>{size} MB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>{size} px, {count} sliders, on {device}</source>
        <translation>{size} px、スライダー {count} 本、{device} で動作</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notice_bar.py"/>
        <source>Dismiss</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notice_bar.py"/>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A damaged part of the photo's metadata cannot be kept.</source>
        <translation>写真のメタデータの壊れた部分は残せません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A photo without a usable face was left out.</source>
        <translation>使える顔のない写真を除きました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A slider's files are damaged and it was left out. Add the direction again.</source>
        <translation>壊れたスライダーを除きました。方向を追加し直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Choose another name</source>
        <translation>別の名前にする</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Copy report</source>
        <translation>報告をコピー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>LPIPS weights are not installed, so the built-in measure is used for fitting.</source>
        <translation>LPIPS の重みがないため、内蔵の尺度で合わせます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Memory ran out: fitting goes on with less precision.</source>
        <translation>メモリ不足のため、精度を下げて続けます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Memory ran out: fitting goes on without its side condition.</source>
        <translation>メモリ不足のため、補助条件なしで続けます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This graphics card computes step by step, which is slower.</source>
        <translation>このグラフィックカードでは一段階ずつ計算するため、遅くなります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>No face was found in this photo. Click both eyes and both mouth corners, or open another photo.</source>
        <translation>この写真に顔が見つかりません。両目と両方の口角をクリックするか、別の写真を開いてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Nothing was edited: the file is an exact copy.</source>
        <translation>編集がないため、元のファイルと同じ内容です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>One of your own sliders cannot be read and was left out.</source>
        <translation>自作スライダーの一つが読み込めないため、除きました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Open another photo</source>
        <translation>別の写真を開く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Open settings</source>
        <translation>設定を開く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Put the points yourself</source>
        <translation>点を手で置く</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Save elsewhere</source>
        <translation>別の場所に保存</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Show models</source>
        <translation>モデルを表示</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Some of the photo's metadata could not be kept.</source>
        <translation>写真のメタデータの一部は残せませんでした。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Some sliders were made for another model and are not shown.</source>
        <translation>別のモデル用のスライダーは表示しません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Something went wrong inside facelab. Your photo and edits are kept.</source>
        <translation>facelab の内部で問題が起きました。写真と編集内容は保たれています。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The checksum of {path} is wrong: the file is incomplete or was changed. Get it again.</source>
        <translation>{path} のチェックサムが違います。不完全か変更されています。入手し直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The device {device} is not available here. Choose CPU in the settings.</source>
        <translation>ここでは {device} を使えません。設定で CPU を選んでください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The download was interrupted. Try again: it goes on where it stopped.</source>
        <translation>ダウンロードが中断しました。もう一度試すと、続きから始まります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The end of the file is missing; the picture itself is complete.</source>
        <translation>ファイルの末尾が欠けていますが、画像はそろっています。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The engine stopped and was started again. Your photo and edits are kept.</source>
        <translation>エンジンが止まったため再起動しました。写真と編集内容は保たれています。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The file holds several pictures: the first one is used.</source>
        <translation>複数の画像が入っています。最初の画像を使います。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The graphics card ran out of memory: facelab goes on with the processor.</source>
        <translation>グラフィックスのメモリが不足したため、CPU で続けます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The metadata was removed, as chosen.</source>
        <translation>選択どおりメタデータを取り除きました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model this file was made with is missing; its own copy is used.</source>
        <translation>このファイルの元のモデルがないため、ファイル内のコピーを使います。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model {model} has no slider {key}. Use one of the sliders shown.</source>
        <translation>モデル {model} にスライダー {key} はありません。表示されているものを使ってください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model {name} is not on this computer. Choose another one.</source>
        <translation>モデル {name} はこのコンピューターにありません。別のモデルを選んでください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo has more than 8 bits per channel; it is edited with 8.</source>
        <translation>写真は 8 ビットを超えますが、8 ビットで編集します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo has transparent parts. They stay as they are.</source>
        <translation>写真に透明な部分があります。そのまま残ります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo's colour profile cannot be used; its colours are taken as sRGB.</source>
        <translation>写真のカラープロファイルを使えないため、sRGB とみなします。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo's colours are converted to sRGB for editing and export.</source>
        <translation>写真の色を sRGB に変換して編集・書き出します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The program part {library} cannot be loaded. Install facelab again.</source>
        <translation>部品 {library} を読み込めません。facelab を入れ直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The scores for the new slider cannot be used. Check the file and try again.</source>
        <translation>新しいスライダーの得点を使えません。ファイルを確かめてやり直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The settings could not be read, so the defaults are used.</source>
        <translation>設定を読み込めなかったため、初期設定を使います。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is H.264.</source>
        <translation>動画は H.264 です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is VP9, as the part for H.264 (PyAV) is not installed.</source>
        <translation>H.264 用の部品 (PyAV) が入っていないため、動画は VP9 です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is VP9.</source>
        <translation>動画は VP9 です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>There is no face with this number in the photo. Choose one of the {count} found.</source>
        <translation>この番号の顔はありません。見つかった {count} 人から選んでください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>There is not enough memory for this. Close other programs, or choose CPU in the settings.</source>
        <translation>メモリが足りません。ほかのプログラムを閉じるか、設定で CPU を選んでください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>These points do not form a face. Put the left eye left of the right one, and the eyes above the mouth.</source>
        <translation>この点では顔になりません。左目は右目の左に、目は口の上に置いてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This cannot be done: {detail}</source>
        <translation>実行できません：{detail}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This file holds no photo: the model's own picture of the face is shown.</source>
        <translation>このファイルに写真がないため、モデルが描いた顔を表示します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This file kind has no transparency; it was filled.</source>
        <translation>この形式は透明を扱えないため、塗りつぶしました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This is not the photo in the file: the largest face in it is edited.</source>
        <translation>ファイル内の写真とは別の写真です。その中で最も大きい顔を編集します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model file stores no checksum.</source>
        <translation>このモデルファイルにはチェックサムがありません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no average face stored; it was estimated.</source>
        <translation>このモデルには平均顔がないため、推定しました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no discriminator: fitting uses another measure.</source>
        <translation>このモデルには識別器がないため、別の尺度で合わせます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no encoder: the face is searched step by step, which takes longer.</source>
        <translation>このモデルにはエンコーダーがないため、顔を少しずつ探します。時間がかかります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no noise maps stored; fixed random ones are used.</source>
        <translation>このモデルにはノイズがないため、決まった乱数を使います。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This slider is already described by others. Remove it from the list of attributes.</source>
        <translation>このスライダーはほかのもので表せます。属性の一覧から外してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} cannot be read as a photo. Open a JPEG, PNG, WebP, TIFF, AVIF, BMP or HEIC file.</source>
        <translation>{path} は写真として読めません。JPEG、PNG、WebP、TIFF、AVIF、BMP、HEIC を開いてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} cannot be written. Choose another folder, or make room on the disk.</source>
        <translation>{path} に書き込めません。別のフォルダーを選ぶか、空き容量を増やしてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} exists already and was not replaced. Choose another name.</source>
        <translation>{path} はすでにあるため、置き換えませんでした。別の名前にしてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} has {width} x {height} pixels, more than {limit_mp} megapixels. Make it smaller first.</source>
        <translation>{path} は {width} x {height} 画素で、{limit_mp} メガピクセルを超えています。先に縮小してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} holds no photo. Open the photo it was made from.</source>
        <translation>{path} に写真は入っていません。元の写真を開いてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is damaged or unsafe and was not loaded. Get it again from its source.</source>
        <translation>{path} は壊れているか安全でないため、読み込みませんでした。配布元から入手し直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is not a generator that facelab can read. Add a StyleGAN2 checkpoint.</source>
        <translation>{path} は facelab が読める生成器ではありません。StyleGAN2 のチェックポイントを追加してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is not a usable .facelab file. Open the photo and save it again.</source>
        <translation>{path} は使える .facelab ファイルではありません。写真を開いて保存し直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is the original photo, which is never overwritten. Choose another name.</source>
        <translation>{path} は元の写真なので上書きできません。別の名前にしてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} was written by a newer facelab. Update facelab to open it.</source>
        <translation>{path} は新しい facelab で作られました。facelab を更新してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{what} needs weights that are not on this computer. They can be added under Models.</source>
        <translation>{what} に必要な重みがこのコンピューターにありません。「モデル」で追加できます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{what} was made for another model. Choose that model and open it again.</source>
        <translation>{what} は別のモデル用です。そのモデルを選んで開き直してください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>1. Drop a photo here, or open one.</source>
        <translation>1. ここに写真をドロップするか、開いてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>2. Move a slider: the face follows. Fit the model for a closer likeness.</source>
        <translation>2. スライダーを動かすと顔が変わります。モデルを合わせるとより本人らしくなります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>3. Compare with the original, then export.</source>
        <translation>3. 元の写真と比べて、書き出します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Bring it back</source>
        <translation>復元する</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Click to begin</source>
        <translation>クリックして始める</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Discard</source>
        <translation>破棄</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Edits photos of faces with a personal model, on your own computer.</source>
        <translation>個人モデルを使い、自分のコンピューターで顔写真を編集します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Licence: Apache-2.0; the model's weights: CC BY 4.0.</source>
        <translation>ライセンス：Apache-2.0、モデルの重み：CC BY 4.0。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Model card and credits</source>
        <translation>モデルの説明とクレジット</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Not now</source>
        <translation>あとで</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Your last session was not closed</source>
        <translation>前回の作業は正しく終了していません</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>{name} with one edit can be brought back.</source>
        <translation>編集 1 件の {name} を元に戻せます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>{name} with {count} edits can be brought back.</source>
        <translation>{name}（編集 {count} 件）を復元できます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/recovering.py"/>
        <source>A photo</source>
        <translation>写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Allow downloads that I click</source>
        <translation>クリックしたダウンロードを許可</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>As the system</source>
        <translation>システムに合わせる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Clear history</source>
        <translation>履歴を消去</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Device</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Fitting</source>
        <translation>合わせ方</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>History cleared</source>
        <translation>履歴を消去しました</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Keep the place (GPS) in exports</source>
        <translation>書き出しに撮影場所 (GPS) を残す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Keep unsaved work safe from a crash</source>
        <translation>異常終了に備えて作業を保存</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Mark exports as edited with facelab</source>
        <translation>書き出しに facelab で編集したと記録</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Nothing leaves this computer. Recent files and unsaved work lie in a folder only you can read.</source>
        <translation>データはこのコンピューターの外に出ません。履歴と未保存の作業は、自分だけが読めるフォルダーにあります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Processor (CPU)</source>
        <translation>プロセッサー (CPU)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>The device applies from the next photo on, threads from the next start.</source>
        <translation>デバイスは次の写真から、スレッド数は次の起動から使われます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Theme</source>
        <translation>テーマ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Threads</source>
        <translation>スレッド数</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>not on this computer</source>
        <translation>このコンピューターにはありません</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>{size} GB</source>
        <translation>{size} GB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Accuracy on unseen faces: {percent} %</source>
        <translation>未知の顔での精度：{percent} %</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Also moves {key} by {percent} %</source>
        <translation>{key} も {percent} % 動きます</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Holds from {low} to {high}</source>
        <translation>有効な範囲：{low} ～ {high}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>In the photo itself: {level}</source>
        <translation>元の写真：{level}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Keep {name} while others move</source>
        <translation>ほかを動かす間、{name}を固定する</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>The model judges: {level}</source>
        <translation>モデルの判定：{level}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name} is kept while others move</source>
        <translation>{name}は固定されています</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name}, amount</source>
        <translation>{name}の量</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name}, as the model judges it now</source>
        <translation>{name}、モデルによる現在の判定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Drop a photo of a face here</source>
        <translation>顔の写真をここにドロップ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Paste</source>
        <translation>貼り付け</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Recent</source>
        <translation>最近の項目</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Try a sample</source>
        <translation>サンプルを試す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>or a .facelab file you saved before</source>
        <translation>以前保存した .facelab ファイルでもかまいません</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>All layers</source>
        <translation>すべての層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Coarse</source>
        <translation>粗い層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Find components</source>
        <translation>成分を探す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Fine</source>
        <translation>細かい層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>GANSpace takes the directions in which sampled faces vary most, SeFa those the layers answer to.</source>
        <translation>GANSpace は生成した顔が最も大きく変わる方向を、SeFa は層が最も強く反応する方向を取り出します。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Make slider</source>
        <translation>スライダーにする</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Method</source>
        <translation>手法</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Middle</source>
        <translation>中間の層</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Name of component {index}</source>
        <translation>成分 {index} の名前</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Plus becomes minus.</source>
        <translation>プラスとマイナスを入れ替えます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Strongest first, each at -2, 0 and +2. Name the ones you can use.</source>
        <translation>強い順に、それぞれ −2、0、+2 の例です。使えるものに名前を付けてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Turn round</source>
        <translation>向きを逆に</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>What does it change?</source>
        <translation>何が変わりますか</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>“{name}” is now among your sliders.</source>
        <translation>「{name}」がスライダーに加わりました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Components</source>
        <translation>成分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Direction studio</source>
        <translation>方向スタジオ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Fit</source>
        <translation>作成</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Import</source>
        <translation>取り込み</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Label</source>
        <translation>ラベル付け</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Matrix</source>
        <translation>相互の影響</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>+2 raises it in {share} of {count} faces.</source>
        <translation>+2 にすると {count} 人中 {share} で強まります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Age</source>
        <translation>年齢</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Beard</source>
        <translation>ひげ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Distance ladder…</source>
        <translation>距離のはしご図…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Eyes open</source>
        <translation>目の開き</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Gender</source>
        <translation>性別</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Glasses</source>
        <translation>眼鏡</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Hat</source>
        <translation>帽子</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Learn from</source>
        <translation>学習元</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Leave alone</source>
        <translation>変えないもの</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Likeness of the person: {value} of 1.</source>
        <translation>本人らしさ：1 のうち {value}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Make the slider</source>
        <translation>スライダーを作る</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Measure again</source>
        <translation>測り直す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Mouth open</source>
        <translation>口の開き</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Name of the slider</source>
        <translation>スライダーの名前</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Nod</source>
        <translation>上下の向き</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>On faces it has not seen it tells the two kinds apart in {share} ({low} to {high}).</source>
        <translation>学習に使っていない顔を {share} の割合で見分けます（{low}〜{high}）。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Otherwise the likeliest way across it, which changes less besides.</source>
        <translation>オフのときは最も自然な経路で横切り、ほかの変化が少なくなります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Picture quality</source>
        <translation>画質</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Remove this slider</source>
        <translation>このスライダーを削除</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Smile</source>
        <translation>笑顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Space</source>
        <translation>空間</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Straight across the boundary, as in the paper</source>
        <translation>論文どおり、境界をまっすぐ横切る</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The measured figures appear here.</source>
        <translation>測定した数値がここに表示されます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The model's judgement: {name}</source>
        <translation>モデルの判定：{name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The slider {name}</source>
        <translation>スライダー「{name}」</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Turn</source>
        <translation>左右の向き</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Usable from {low} to {high}.</source>
        <translation>使える範囲は {low}〜{high} です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>W (usual)</source>
        <translation>W（標準）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>W+ (each layer its own)</source>
        <translation>W+（層ごとに別）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Your labels: {name}</source>
        <translation>自分のラベル：{name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Your {count} labels were learnt to {share} on held-out ones.</source>
        <translation>{count} 件のラベルから学び、検証用のラベルで {share} 正解しました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Z</source>
        <translation>Z</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>{name} (own)</source>
        <translation>{name}（自作）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>{share} of its length is left beside the sliders it leaves alone.</source>
        <translation>ほかのスライダーの分を除くと、長さの {share} が残ります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>By its shape</source>
        <translation>形から判断</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Choose a file…</source>
        <translation>ファイルを選ぶ…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Choose a folder…</source>
        <translation>フォルダーを選ぶ…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Component</source>
        <translation>成分の番号</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Directions</source>
        <translation>方向</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Export into this folder</source>
        <translation>このフォルダーに書き出す</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Exported as {name}.</source>
        <translation>{name} として書き出しました。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Import a direction</source>
        <translation>方向の取り込み</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Import a direction's folder</source>
        <translation>方向のフォルダーの取り込み</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Licence</source>
        <translation>ライセンス</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>NumPy and torch files of InterFaceGAN, e4e, PTI or GANSpace, or a folder that facelab exported.</source>
        <translation>InterFaceGAN、e4e、PTI、GANSpace の NumPy・torch ファイル、または facelab が書き出したフォルダーを選べます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Taken in as: {layout}.</source>
        <translation>取り込みました：{layout}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Where it comes from</source>
        <translation>出典</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Your own sliders</source>
        <translation>自作のスライダー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a boundary of InterFaceGAN in Z</source>
        <translation>InterFaceGAN の Z の境界</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of InterFaceGAN or PTI in W</source>
        <translation>InterFaceGAN または PTI の W の方向</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of e4e in W+</source>
        <translation>e4e の W+ の方向</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of e4e, the same in every layer</source>
        <translation>e4e の方向（全層で同じ）</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of facelab</source>
        <translation>facelab の方向</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>components in W+</source>
        <translation>W+ の成分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>components of GANSpace</source>
        <translation>GANSpace の成分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Begin</source>
        <translation>始める</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Does this face show “{name}”?</source>
        <translation>この顔に「{name}」は見られますか</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Label photos, too…</source>
        <translation>写真にもラベルを付ける…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Make a slider</source>
        <translation>スライダーを作る</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Name what the slider should change, such as “Freckles”. Then say of each face whether it shows it.</source>
        <translation>スライダーで変えたいものに「そばかす」のように名前を付け、顔ごとにそれが見られるかを答えてください。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>No (F)</source>
        <translation>いいえ (F)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>No face was found in: {names}</source>
        <translation>顔が見つからなかった写真：{names}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Photos to label</source>
        <translation>ラベルを付ける写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Skip (Space)</source>
        <translation>とばす (Space)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>That is enough. More labels make the slider better.</source>
        <translation>十分です。ラベルを増やすと、より良くなります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>The labels cannot be saved: they last until this window is closed.</source>
        <translation>ラベルを保存できません。このウィンドウを閉じるまでは残ります。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>What to look for</source>
        <translation>見分けるもの</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Yes (J)</source>
        <translation>はい (J)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>{count} labels are enough, with at least {kind} of each.</source>
        <translation>全部で {count} 件、それぞれ {kind} 件以上で作れます。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>{yes} yes, {no} no.</source>
        <translation>はい {yes} 件、いいえ {no} 件。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Distance ladder</source>
        <translation>距離のはしご図</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>It cannot be written there.</source>
        <translation>そこには保存できません。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Sampled faces by their distance to the boundary of “{name}”: farthest plus on top.</source>
        <translation>「{name}」の境界からの距離順に並べた生成顔です。上ほどプラス側です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Save as PNG…</source>
        <translation>PNG で保存…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Save the ladder</source>
        <translation>はしご図の保存</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>As they are</source>
        <translation>そのまま</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Each row is a slider moved by 1 on sampled faces, each column what is judged in the pictures.</source>
        <translation>行は生成した顔で 1 動かしたスライダー、列は画像で判定したものです。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Leakage between sliders</source>
        <translation>スライダー同士の影響</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Locked against all others</source>
        <translation>ほかをすべて固定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Measure</source>
        <translation>測定</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>On average 1 on a slider moves another attribute by {before} of its usual spread, locked by {after}.</source>
        <translation>スライダーを 1 動かすと、ほかの属性は平均して通常のばらつきの {before} だけ動きます。固定すると {after} です。</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>{slider} moves {attribute} by {share} of its own movement</source>
        <translation>「{slider}」は自身の動きの {share} だけ「{attribute}」を動かします</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Face {index} of {count}</source>
        <translation>顔 {index}／{count}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Faces to label</source>
        <translation>ラベルを付ける顔</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>No</source>
        <translation>いいえ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Preview at minus 2, 0 and plus 2</source>
        <translation>−2、0、+2 のプレビュー</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Skipped</source>
        <translation>保留</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Yes</source>
        <translation>はい</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Your photo</source>
        <translation>あなたの写真</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>no label yet</source>
        <translation>未回答</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Before</source>
        <translation>編集前</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Compare: {mode}</source>
        <translation>比較：{mode}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Difference</source>
        <translation>差分</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Drag the edited photo out of the window</source>
        <translation>編集した写真をウィンドウの外へドラッグ</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>More</source>
        <translation>その他</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Side by side</source>
        <translation>並べる</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Split</source>
        <translation>分割</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/zoom_bar.py"/>
        <source>Fit</source>
        <comment>zoom: whole photo</comment>
        <translation>全体</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/zoom_bar.py"/>
        <source>One photo pixel on one screen pixel</source>
        <translation>写真の 1 画素を画面の 1 画素で表示</translation>
    </message>
</context>
</TS>
