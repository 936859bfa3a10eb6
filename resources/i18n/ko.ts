<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko">
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
        <translation>facelab 정보</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Add another photo of this person…</source>
        <translation>같은 사람의 사진 추가…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Close photo</source>
        <translation>사진 닫기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: difference</source>
        <translation>비교: 차이</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: side by side</source>
        <translation>비교: 나란히</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Compare: split</source>
        <translation>비교: 나누어 보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Copy edited photo</source>
        <translation>편집한 사진 복사</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Copy edits</source>
        <translation>편집 내용 복사</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Direction studio…</source>
        <translation>방향 스튜디오…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fill with the face</source>
        <translation>얼굴 크게 보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Filter the sliders</source>
        <translation>슬라이더 찾기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fine movement of a slider</source>
        <translation>슬라이더를 세밀하게 움직임</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Fit the model to this face</source>
        <translation>이 얼굴에 모델 맞추기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Hold and drag: move the photo</source>
        <translation>누른 채 끌기: 사진 이동</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Hold: before</source>
        <translation>누르고 있는 동안: 편집 전</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Keep the focused slider</source>
        <translation>선택한 슬라이더 고정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Models…</source>
        <translation>모델…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Move the focused slider</source>
        <translation>선택한 슬라이더를 움직임</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Next face</source>
        <translation>다음 얼굴</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Open…</source>
        <translation>열기…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Paste edits</source>
        <translation>편집 내용 붙여넣기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Paste photo</source>
        <translation>사진 붙여넣기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Previous face</source>
        <translation>이전 얼굴</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Quit</source>
        <translation>종료</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Redo</source>
        <translation>다시 실행</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Reset all</source>
        <translation>모두 초기화</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Reset the focused slider</source>
        <translation>선택한 슬라이더 초기화</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Save personal model</source>
        <translation>개인 모델 저장</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Save personal model as…</source>
        <translation>개인 모델을 다른 이름으로 저장…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Settings…</source>
        <translation>설정…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Whole photo</source>
        <translation>사진 전체</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Zoom in</source>
        <translation>확대</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/actions.py"/>
        <source>Zoom out</source>
        <translation>축소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Advanced: layers</source>
        <translation>고급: 레이어</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>All</source>
        <comment>layers</comment>
        <translation>전체</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Slider&apos;s own</source>
        <comment>layers</comment>
        <translation>슬라이더 고유</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Closer to average</source>
        <translation>평균에 가깝게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Coarse: pose, shape</source>
        <translation>거친 층: 방향, 형태</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Fine: colour, light</source>
        <translation>세밀한 층: 색, 빛</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers of the last slider</source>
        <translation>마지막 슬라이더의 레이어</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers of {name}</source>
        <translation>{name}의 레이어</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Layers that the slider drives</source>
        <translation>슬라이더가 작용하는 레이어</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Middle: features</source>
        <translation>중간 층: 이목구비</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/advanced.py"/>
        <source>Pulls the face towards the average face of the model (truncation psi)</source>
        <translation>얼굴을 모델의 평균 얼굴에 가깝게 합니다(truncation psi)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>Photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>after</source>
        <translation>편집 후</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>before</source>
        <translation>편집 전</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>updating</source>
        <translation>업데이트 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas.py"/>
        <source>what the model cannot explain</source>
        <translation>모델이 나타내지 못하는 부분</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>Click the {name}</source>
        <translation>{name}을(를) 클릭하세요</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>Drag the points if needed, then press Enter</source>
        <translation>필요하면 점을 옮긴 뒤 Enter를 누르세요</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>left eye in the image</source>
        <translation>이미지 왼쪽 눈</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>left mouth corner</source>
        <translation>왼쪽 입꼬리</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>right eye in the image</source>
        <translation>이미지 오른쪽 눈</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/canvas_tools.py"/>
        <source>right mouth corner</source>
        <translation>오른쪽 입꼬리</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/carrying.py"/>
        <source>The edited photo is on the clipboard.</source>
        <translation>편집한 사진을 클립보드에 복사했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Add another photo of this person</source>
        <translation>같은 사람의 사진 추가</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>All files</source>
        <translation>모든 파일</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Do not save</source>
        <translation>저장 안 함</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Exported {names}</source>
        <translation>{names}을(를) 내보냈습니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Photos</source>
        <translation>사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Photos and personal models</source>
        <translation>사진과 개인 모델</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>Save changes to {name}?</source>
        <translation>{name}의 변경 내용을 저장할까요?</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The clipboard holds no edits.</source>
        <translation>클립보드에 편집 내용이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The clipboard holds no photo.</source>
        <translation>클립보드에 사진이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The personal model and your edits are lost if you do not save them.</source>
        <translation>저장하지 않으면 개인 모델과 편집 내용이 사라집니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/commands.py"/>
        <source>The studio opens when the model is loaded.</source>
        <translation>모델을 다 불러오면 스튜디오를 열 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Keep {name}</source>
        <translation>{name} 고정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Pasted edits</source>
        <translation>편집 내용 붙여넣음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Photo opened</source>
        <translation>사진 열기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Preset {name}</source>
        <translation>프리셋: {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Release {name}</source>
        <translation>{name} 고정 해제</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>Variant {name}</source>
        <translation>변형 {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>{name} back to 0</source>
        <translation>{name} 0으로</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/document.py"/>
        <source>{name}: other layers</source>
        <translation>{name}: 레이어 변경</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>10 years older, gentle smile</source>
        <translation>열 살 더, 은은한 미소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Age &amp; look</source>
        <translation>나이와 인상</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Broad smile</source>
        <translation>환한 미소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Clearer picture</source>
        <translation>더 선명하게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Custom</source>
        <translation>사용자 지정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Expression</source>
        <translation>표정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Eyes wide open</source>
        <translation>눈을 크게 뜨기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Filter</source>
        <translation>찾기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Older</source>
        <translation>더 나이 들게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Pose</source>
        <translation>방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Presets</source>
        <translation>프리셋</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Slight smile</source>
        <translation>옅은 미소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Style</source>
        <translation>스타일</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>The sliders appear when the model is loaded.</source>
        <translation>모델을 불러오면 슬라이더가 나타납니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/edit_panel.py"/>
        <source>Younger</source>
        <translation>더 젊게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>A file with this name exists.</source>
        <translation>같은 이름의 파일이 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Animated WebP</source>
        <translation>움직이는 WebP</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Before/after GIF</source>
        <translation>편집 전후 GIF</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Browse…</source>
        <translation>찾아보기…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Format</source>
        <translation>형식</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Hold at the ends</source>
        <translation>양 끝 멈춤</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Keep the photo's metadata</source>
        <translation>사진의 메타데이터 유지</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Keep the place (GPS)</source>
        <translation>촬영 위치(GPS) 유지</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Kind</source>
        <translation>종류</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Longer side</source>
        <translation>긴 변</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Mark as edited with facelab</source>
        <translation>facelab으로 편집했음을 표시</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Movie</source>
        <translation>동영상</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Only the face, as the model draws it</source>
        <translation>모델이 그린 얼굴만</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Pictures</source>
        <translation>프레임 수</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Quality</source>
        <comment>of compression</comment>
        <translation>화질</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Replace it</source>
        <translation>바꾸기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Slider</source>
        <translation>슬라이더</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Speed</source>
        <translation>속도</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>Strip from −3 to +3</source>
        <translation>−3부터 +3까지 나열</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>This folder does not exist.</source>
        <translation>이 폴더가 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>This is the original photo, which is never overwritten.</source>
        <translation>원본 사진이므로 덮어쓰지 않습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>about {size} MB</source>
        <translation>약 {size} MB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_dialog.py"/>
        <source>per second</source>
        <translation>장/초</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/export_preview.py"/>
        <source>Preparing the preview</source>
        <translation>미리보기 준비 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Adjust the part that is edited</source>
        <translation>편집할 영역 조정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Face</source>
        <translation>얼굴</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>Face {number} of {count}</source>
        <translation>얼굴 {number} / {count}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>No face yet</source>
        <translation>얼굴 없음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/face_picker.py"/>
        <source>No photo open</source>
        <translation>열린 사진 없음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/film_strip.py"/>
        <source>Photo {number}</source>
        <translation>사진 {number}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/film_strip.py"/>
        <source>Photos of this person</source>
        <translation>이 사람의 사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>A first fit: enough for small changes</source>
        <translation>빠른 맞춤. 작은 변경에는 충분합니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Balanced</source>
        <comment>fitting preset</comment>
        <translation>표준</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Faithful</source>
        <comment>fitting preset</comment>
        <translation>충실하게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fast</source>
        <comment>fitting preset</comment>
        <translation>빠르게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fit the model to this face, so that edits keep the likeness.</source>
        <translation>이 얼굴에 모델을 맞추면 편집해도 닮은 모습이 유지됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Fitting. The sliders work meanwhile, and the picture gets better.</source>
        <translation>맞추는 중입니다. 그동안에도 슬라이더를 쓸 수 있고 사진은 점점 좋아집니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Go on</source>
        <translation>계속</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Goes on until the picture stops improving</source>
        <translation>더 나아지지 않을 때까지 계속합니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>How thoroughly to fit</source>
        <translation>맞추는 정도</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Keeps the likeness for most edits (pivotal tuning)</source>
        <translation>대부분의 편집에서 닮은 모습을 유지합니다(pivotal tuning)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>Start</source>
        <comment>fitting the model</comment>
        <translation>시작</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>This model is personal now. Go on to bring it even closer.</source>
        <translation>이제 이 얼굴에 맞춘 모델입니다. 계속하면 더 가까워집니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>about {count} min</source>
        <translation>약 {count}분</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/fit_box.py"/>
        <source>about {count} s</source>
        <translation>약 {count}초</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Delete this variant</source>
        <translation>이 변형 삭제</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>History</source>
        <translation>기록</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>History and variants</source>
        <translation>기록과 변형</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Keep this picture as a variant</source>
        <translation>이 사진을 변형으로 보관</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/history_panel.py"/>
        <source>Variants</source>
        <translation>변형</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Cancel; what was reached stays</source>
        <translation>취소(여기까지의 결과는 남음)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Downloading</source>
        <translation>다운로드 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Drawing previews</source>
        <translation>미리보기를 그리는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Exporting</source>
        <translation>내보내는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Fitting the slider</source>
        <translation>슬라이더를 구하는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Loading the model</source>
        <translation>모델을 불러오는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking at faces</source>
        <translation>얼굴을 살펴보는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking for components</source>
        <translation>성분을 찾는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Looking for faces</source>
        <translation>얼굴을 찾는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Making it yours: fitting the model to this face</source>
        <translation>나만의 모델로: 이 얼굴에 맞추는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Progress</source>
        <translation>진행 상황</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Putting the face back into the photo</source>
        <translation>얼굴을 사진에 되돌리는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Recognising the face</source>
        <translation>얼굴을 읽는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Saving</source>
        <translation>저장 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Searching for this face in the model</source>
        <translation>모델에서 이 얼굴을 찾는 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>Working</source>
        <translation>작업 중</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>about {count} min left</source>
        <translation>약 {count}분 남음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>about {count} s left</source>
        <translation>약 {count}초 남음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>paused</source>
        <translation>일시 정지됨</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/job_bar.py"/>
        <source>step {step} of {total}</source>
        <translation>{total}단계 중 {step}단계</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Click a face, or choose it with the arrow keys and Enter</source>
        <translation>얼굴을 클릭하거나 화살표 키와 Enter로 고르세요</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Edit only photos of people who agreed. Nothing leaves this computer.</source>
        <translation>동의를 받은 사람의 사진만 편집하세요. 아무것도 이 컴퓨터 밖으로 나가지 않습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Model {name}, {size} px, {device}</source>
        <translation>모델 {name}, {size} px, {device}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>Move the frame, pull a corner to turn and scale; Enter accepts, Escape leaves it</source>
        <translation>틀을 옮기고 모서리를 끌어 돌리거나 크기를 바꾸세요. Enter로 확정, Escape로 취소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>No face was found in the other photo, so it was not added.</source>
        <translation>다른 사진에서 얼굴을 찾지 못해 추가하지 않았습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>No face was found.</source>
        <translation>얼굴을 찾지 못했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/main_window.py"/>
        <source>What was dropped</source>
        <translation>놓은 항목</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Add a checkpoint</source>
        <translation>체크포인트 추가</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Add a checkpoint…</source>
        <translation>체크포인트 추가…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Check</source>
        <translation>검사</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Checkpoints</source>
        <translation>체크포인트</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Crop convention: scale {scale}, shift {shift}</source>
        <translation>자르기 방식: 배율 {scale}, 이동 {shift}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download</source>
        <translation>다운로드</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download {name}?</source>
        <translation>{name}을(를) 다운로드할까요?</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Downloaded; the checksum is right.</source>
        <translation>다운로드했습니다. 체크섬이 맞습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Downloaded; unverified, its checksum was recorded.</source>
        <translation>다운로드했습니다. 미검증이라 체크섬을 기록했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Download…</source>
        <translation>다운로드…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>For non-commercial use only.</source>
        <translation>비상업적 용도로만 쓸 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Licence: {text}</source>
        <translation>라이선스: {text}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>No checksum is known for this file: unverified.</source>
        <translation>이 파일의 체크섬을 알 수 없습니다(미검증).</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>No checksum is published: it is recorded at the first download and shown as unverified.</source>
        <translation>공개된 체크섬이 없습니다. 첫 다운로드 때 기록하고 미검증으로 표시합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The checksum is right.</source>
        <translation>체크섬이 맞습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The checksum is wrong or a file is missing.</source>
        <translation>체크섬이 다르거나 파일이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>The model was added.</source>
        <translation>모델을 추가했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>Use this model</source>
        <translation>이 모델 사용</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>W projection: the perceptual loss of StyleGAN2 (LPIPS-VGG)</source>
        <translation>W 투영: StyleGAN2의 지각 손실(LPIPS-VGG)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>What it is for: {text}</source>
        <translation>용도: {text}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>alignment of difficult faces (about 96 MB)</source>
        <translation>어려운 얼굴의 정렬(약 96 MB)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>inversion and tuning: the smallest LPIPS network (5 MB)</source>
        <translation>역변환과 조정: 가장 작은 LPIPS 네트워크(5 MB)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>on this computer</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>size unknown</source>
        <translation>크기 알 수 없음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>the model that comes with facelab: everything works with it, offline</source>
        <translation>facelab에 포함된 모델. 모든 기능이 오프라인에서 작동합니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>the published directions and numbers; slow on a CPU</source>
        <translation>공개된 방향과 수치. CPU에서는 느립니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>tuning: the perceptual loss of the PTI paper (LPIPS-Alex)</source>
        <translation>조정: PTI 논문의 지각 손실(LPIPS-Alex)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>{size} MB</source>
        <translation>{size} MB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/models_dialog.py"/>
        <source>{size} px, {count} sliders, on {device}</source>
        <translation>{size} px, 슬라이더 {count}개, {device}에서 실행</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notice_bar.py"/>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notice_bar.py"/>
        <source>Message</source>
        <translation>메시지</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A damaged part of the photo's metadata cannot be kept.</source>
        <translation>사진 메타데이터의 손상된 부분은 유지할 수 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A photo without a usable face was left out.</source>
        <translation>쓸 수 있는 얼굴이 없는 사진을 제외했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>A slider's files are damaged and it was left out. Add the direction again.</source>
        <translation>파일이 손상된 슬라이더를 뺐습니다. 방향을 다시 추가하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Choose another name</source>
        <translation>다른 이름 선택</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Copy report</source>
        <translation>보고서 복사</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>LPIPS weights are not installed, so the built-in measure is used for fitting.</source>
        <translation>LPIPS 가중치가 없어 내장 척도로 맞춥니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Memory ran out: fitting goes on with less precision.</source>
        <translation>메모리가 부족해 정밀도를 낮추어 계속합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Memory ran out: fitting goes on without its side condition.</source>
        <translation>메모리가 부족해 보조 조건 없이 계속합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This graphics card computes step by step, which is slower.</source>
        <translation>이 그래픽 카드에서는 한 단계씩 계산하므로 더 느립니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>No face was found in this photo. Click both eyes and both mouth corners, or open another photo.</source>
        <translation>이 사진에서 얼굴을 찾지 못했습니다. 두 눈과 양쪽 입꼬리를 클릭하거나 다른 사진을 여세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Nothing was edited: the file is an exact copy.</source>
        <translation>편집한 것이 없어 원본과 똑같은 파일입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>One of your own sliders cannot be read and was left out.</source>
        <translation>직접 만든 슬라이더 하나를 읽을 수 없어 제외했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Open another photo</source>
        <translation>다른 사진 열기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Open settings</source>
        <translation>설정 열기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Put the points yourself</source>
        <translation>직접 점 찍기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Save elsewhere</source>
        <translation>다른 곳에 저장</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Show models</source>
        <translation>모델 보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Some of the photo's metadata could not be kept.</source>
        <translation>사진 메타데이터 일부를 유지하지 못했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Some sliders were made for another model and are not shown.</source>
        <translation>다른 모델용 슬라이더는 표시하지 않습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>Something went wrong inside facelab. Your photo and edits are kept.</source>
        <translation>facelab 내부에서 문제가 생겼습니다. 사진과 편집 내용은 보존됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The checksum of {path} is wrong: the file is incomplete or was changed. Get it again.</source>
        <translation>{path}의 체크섬이 다릅니다. 불완전하거나 변경된 파일입니다. 다시 받으세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The device {device} is not available here. Choose CPU in the settings.</source>
        <translation>여기서는 {device}을(를) 쓸 수 없습니다. 설정에서 CPU를 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The download was interrupted. Try again: it goes on where it stopped.</source>
        <translation>다운로드가 중단되었습니다. 다시 시도하면 이어서 받습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The end of the file is missing; the picture itself is complete.</source>
        <translation>파일 끝부분이 없지만 사진 자체는 온전합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The engine stopped and was started again. Your photo and edits are kept.</source>
        <translation>엔진이 멈춰 다시 시작했습니다. 사진과 편집 내용은 보존됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The file holds several pictures: the first one is used.</source>
        <translation>여러 사진이 들어 있어 첫 번째를 씁니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The graphics card ran out of memory: facelab goes on with the processor.</source>
        <translation>그래픽 메모리가 부족해 CPU로 계속합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The metadata was removed, as chosen.</source>
        <translation>선택한 대로 메타데이터를 지웠습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model this file was made with is missing; its own copy is used.</source>
        <translation>이 파일을 만든 모델이 없어 파일 안의 사본을 씁니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model {model} has no slider {key}. Use one of the sliders shown.</source>
        <translation>모델 {model}에 슬라이더 {key}가 없습니다. 표시된 슬라이더를 쓰세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The model {name} is not on this computer. Choose another one.</source>
        <translation>모델 {name}이(가) 이 컴퓨터에 없습니다. 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo has more than 8 bits per channel; it is edited with 8.</source>
        <translation>사진이 채널당 8비트를 넘지만 8비트로 편집합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo has transparent parts. They stay as they are.</source>
        <translation>사진에 투명한 부분이 있습니다. 그대로 남습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo's colour profile cannot be used; its colours are taken as sRGB.</source>
        <translation>사진의 색상 프로파일을 쓸 수 없어 sRGB로 봅니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The photo's colours are converted to sRGB for editing and export.</source>
        <translation>사진의 색을 sRGB로 바꾸어 편집하고 내보냅니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The program part {library} cannot be loaded. Install facelab again.</source>
        <translation>구성 요소 {library}을(를) 불러올 수 없습니다. facelab을 다시 설치하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The scores for the new slider cannot be used. Check the file and try again.</source>
        <translation>새 슬라이더의 점수를 쓸 수 없습니다. 파일을 확인하고 다시 시도하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The settings could not be read, so the defaults are used.</source>
        <translation>설정을 읽을 수 없어 기본값을 씁니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is H.264.</source>
        <translation>동영상은 H.264입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is VP9, as the part for H.264 (PyAV) is not installed.</source>
        <translation>H.264용 구성 요소(PyAV)가 설치되어 있지 않아 동영상은 VP9입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>The video is VP9.</source>
        <translation>동영상은 VP9입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>There is no face with this number in the photo. Choose one of the {count} found.</source>
        <translation>이 번호의 얼굴이 없습니다. 찾은 {count}명 중에서 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>There is not enough memory for this. Close other programs, or choose CPU in the settings.</source>
        <translation>메모리가 부족합니다. 다른 프로그램을 닫거나 설정에서 CPU를 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>These points do not form a face. Put the left eye left of the right one, and the eyes above the mouth.</source>
        <translation>이 점들은 얼굴이 되지 않습니다. 왼쪽 눈은 오른쪽 눈의 왼쪽에, 눈은 입 위에 찍으세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This cannot be done: {detail}</source>
        <translation>할 수 없습니다: {detail}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This file holds no photo: the model's own picture of the face is shown.</source>
        <translation>이 파일에 사진이 없어 모델이 그린 얼굴을 보여 줍니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This file kind has no transparency; it was filled.</source>
        <translation>이 형식은 투명을 지원하지 않아 채웠습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This is not the photo in the file: the largest face in it is edited.</source>
        <translation>파일에 든 사진이 아닙니다. 이 사진에서 가장 큰 얼굴을 편집합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model file stores no checksum.</source>
        <translation>이 모델 파일에는 체크섬이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no average face stored; it was estimated.</source>
        <translation>이 모델에는 평균 얼굴이 없어 추정했습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no discriminator: fitting uses another measure.</source>
        <translation>이 모델에는 판별기가 없어 다른 척도로 맞춥니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no encoder: the face is searched step by step, which takes longer.</source>
        <translation>이 모델에는 인코더가 없어 얼굴을 단계적으로 찾습니다. 시간이 더 걸립니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This model has no noise maps stored; fixed random ones are used.</source>
        <translation>이 모델에는 노이즈가 없어 고정된 난수를 씁니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>This slider is already described by others. Remove it from the list of attributes.</source>
        <translation>이 슬라이더는 다른 것으로 나타낼 수 있습니다. 속성 목록에서 빼세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} cannot be read as a photo. Open a JPEG, PNG, WebP, TIFF, AVIF, BMP or HEIC file.</source>
        <translation>{path}을(를) 사진으로 읽을 수 없습니다. JPEG, PNG, WebP, TIFF, AVIF, BMP, HEIC 파일을 여세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} cannot be written. Choose another folder, or make room on the disk.</source>
        <translation>{path}에 쓸 수 없습니다. 다른 폴더를 고르거나 디스크 공간을 늘리세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} exists already and was not replaced. Choose another name.</source>
        <translation>{path}이(가) 이미 있어 바꾸지 않았습니다. 다른 이름을 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} has {width} x {height} pixels, more than {limit_mp} megapixels. Make it smaller first.</source>
        <translation>{path}은(는) {width} x {height} 픽셀로 {limit_mp}메가픽셀을 넘습니다. 먼저 줄이세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} holds no photo. Open the photo it was made from.</source>
        <translation>{path}에 사진이 없습니다. 원래 사진을 여세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is damaged or unsafe and was not loaded. Get it again from its source.</source>
        <translation>{path}은(는) 손상되었거나 안전하지 않아 불러오지 않았습니다. 원래 배포처에서 다시 받으세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is not a generator that facelab can read. Add a StyleGAN2 checkpoint.</source>
        <translation>{path}은(는) facelab이 읽을 수 있는 생성기가 아닙니다. StyleGAN2 체크포인트를 추가하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is not a usable .facelab file. Open the photo and save it again.</source>
        <translation>{path}은(는) 쓸 수 있는 .facelab 파일이 아닙니다. 사진을 열어 다시 저장하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} is the original photo, which is never overwritten. Choose another name.</source>
        <translation>{path}은(는) 원본 사진이므로 덮어쓰지 않습니다. 다른 이름을 고르세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{path} was written by a newer facelab. Update facelab to open it.</source>
        <translation>{path}은(는) 더 새로운 facelab으로 만들었습니다. facelab을 업데이트하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{what} needs weights that are not on this computer. They can be added under Models.</source>
        <translation>{what}에 필요한 가중치가 이 컴퓨터에 없습니다. 모델에서 추가할 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/notices.py"/>
        <source>{what} was made for another model. Choose that model and open it again.</source>
        <translation>{what}은(는) 다른 모델용입니다. 그 모델을 고르고 다시 여세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>1. Drop a photo here, or open one.</source>
        <translation>1. 여기에 사진을 놓거나 여세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>2. Move a slider: the face follows. Fit the model for a closer likeness.</source>
        <translation>2. 슬라이더를 움직이면 얼굴이 따라 변합니다. 모델을 맞추면 더 닮습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>3. Compare with the original, then export.</source>
        <translation>3. 원본과 비교한 뒤 내보냅니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Bring it back</source>
        <translation>되살리기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Click to begin</source>
        <translation>클릭하여 시작</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Discard</source>
        <translation>버리기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Edits photos of faces with a personal model, on your own computer.</source>
        <translation>개인 모델로 내 컴퓨터에서 얼굴 사진을 편집합니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Licence: Apache-2.0; the model's weights: CC BY 4.0.</source>
        <translation>라이선스: Apache-2.0, 모델 가중치: CC BY 4.0.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Model card and credits</source>
        <translation>모델 설명과 크레딧</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Not now</source>
        <translation>나중에</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>Your last session was not closed</source>
        <translation>지난 작업이 정상적으로 끝나지 않았습니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>{name} with one edit can be brought back.</source>
        <translation>편집 1개가 있는 {name}을(를) 되살릴 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/overlays.py"/>
        <source>{name} with {count} edits can be brought back.</source>
        <translation>{name}(편집 {count}건)을 되살릴 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/recovering.py"/>
        <source>A photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Allow downloads that I click</source>
        <translation>클릭한 다운로드 허용</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>As the system</source>
        <translation>시스템 설정 따름</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Clear history</source>
        <translation>기록 지우기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Device</source>
        <translation>장치</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Fitting</source>
        <translation>맞춤</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>History cleared</source>
        <translation>기록을 지웠습니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Keep the place (GPS) in exports</source>
        <translation>내보낼 때 촬영 위치(GPS) 유지</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Keep unsaved work safe from a crash</source>
        <translation>비정상 종료에 대비해 작업 보관</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Mark exports as edited with facelab</source>
        <translation>내보낼 때 facelab으로 편집했음을 표시</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Nothing leaves this computer. Recent files and unsaved work lie in a folder only you can read.</source>
        <translation>아무것도 이 컴퓨터 밖으로 나가지 않습니다. 최근 파일과 저장하지 않은 작업은 나만 읽을 수 있는 폴더에 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Processor (CPU)</source>
        <translation>프로세서(CPU)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>The device applies from the next photo on, threads from the next start.</source>
        <translation>장치는 다음 사진부터, 스레드 수는 다음 실행부터 적용됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Theme</source>
        <translation>테마</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>Threads</source>
        <translation>스레드 수</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>not on this computer</source>
        <translation>이 컴퓨터에 없음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/settings_dialog.py"/>
        <source>{size} GB</source>
        <translation>{size} GB</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Accuracy on unseen faces: {percent} %</source>
        <translation>처음 보는 얼굴에서의 정확도: {percent} %</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Also moves {key} by {percent} %</source>
        <translation>{key}도 {percent} % 움직임</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Holds from {low} to {high}</source>
        <translation>유효 범위: {low} ~ {high}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>In the photo itself: {level}</source>
        <translation>원본 사진: {level}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>Keep {name} while others move</source>
        <translation>다른 값을 움직이는 동안 {name} 고정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>The model judges: {level}</source>
        <translation>모델의 판정: {level}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name} is kept while others move</source>
        <translation>{name}은(는) 고정되어 있습니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name}, amount</source>
        <translation>{name} 값</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/slider.py"/>
        <source>{name}, as the model judges it now</source>
        <translation>{name}, 모델의 현재 판정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Drop a photo of a face here</source>
        <translation>얼굴 사진을 여기에 놓으세요</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Paste</source>
        <translation>붙여넣기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Recent</source>
        <translation>최근 항목</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>Try a sample</source>
        <translation>샘플 써 보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/start_page.py"/>
        <source>or a .facelab file you saved before</source>
        <translation>이전에 저장한 .facelab 파일도 됩니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>All layers</source>
        <translation>모든 층</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Coarse</source>
        <translation>거친 층</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Find components</source>
        <translation>성분 찾기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Fine</source>
        <translation>세밀한 층</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>GANSpace takes the directions in which sampled faces vary most, SeFa those the layers answer to.</source>
        <translation>GANSpace는 생성한 얼굴이 가장 크게 달라지는 방향을, SeFa는 층이 가장 크게 반응하는 방향을 찾습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Layers</source>
        <translation>층</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Make slider</source>
        <translation>슬라이더로 만들기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Method</source>
        <translation>방법</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Middle</source>
        <translation>중간 층</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Name of component {index}</source>
        <translation>성분 {index}의 이름</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Plus becomes minus.</source>
        <translation>플러스와 마이너스를 바꿉니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Strongest first, each at -2, 0 and +2. Name the ones you can use.</source>
        <translation>강한 순서로, 각각 −2, 0, +2의 예입니다. 쓸 만한 것에 이름을 붙이세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>Turn round</source>
        <translation>방향 뒤집기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>What does it change?</source>
        <translation>무엇이 바뀌나요?</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_components.py"/>
        <source>“{name}” is now among your sliders.</source>
        <translation>“{name}” 슬라이더가 추가되었습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Components</source>
        <translation>성분</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Direction studio</source>
        <translation>방향 스튜디오</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Fit</source>
        <translation>만들기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Label</source>
        <translation>라벨</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_dialog.py"/>
        <source>Matrix</source>
        <translation>상호 영향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>+2 raises it in {share} of {count} faces.</source>
        <translation>+2로 하면 얼굴 {count}개 중 {share}에서 강해집니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Age</source>
        <translation>나이</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Beard</source>
        <translation>수염</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Distance ladder…</source>
        <translation>거리 사다리…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Eyes open</source>
        <translation>눈 뜨기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Gender</source>
        <translation>성별</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Glasses</source>
        <translation>안경</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Hat</source>
        <translation>모자</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Learn from</source>
        <translation>학습 대상</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Leave alone</source>
        <translation>바꾸지 않을 것</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Likeness of the person: {value} of 1.</source>
        <translation>인물의 닮음: 1 중 {value}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Make the slider</source>
        <translation>슬라이더 만들기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Measure again</source>
        <translation>다시 측정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Mouth open</source>
        <translation>입 벌림</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Name of the slider</source>
        <translation>슬라이더 이름</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Nod</source>
        <translation>상하 방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>On faces it has not seen it tells the two kinds apart in {share} ({low} to {high}).</source>
        <translation>학습하지 않은 얼굴을 {share}의 비율로 구별합니다({low}~{high}).</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Otherwise the likeliest way across it, which changes less besides.</source>
        <translation>끄면 가장 자연스러운 길로 가로질러 다른 변화가 적습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Picture quality</source>
        <translation>화질</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Remove this slider</source>
        <translation>이 슬라이더 삭제</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Smile</source>
        <translation>미소</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Space</source>
        <translation>공간</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Straight across the boundary, as in the paper</source>
        <translation>논문처럼 경계를 똑바로 가로지르기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The measured figures appear here.</source>
        <translation>측정한 수치가 여기에 표시됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The model's judgement: {name}</source>
        <translation>모델의 판정: {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>The slider {name}</source>
        <translation>슬라이더 {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Turn</source>
        <translation>좌우 방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Usable from {low} to {high}.</source>
        <translation>쓸 수 있는 범위는 {low}~{high}입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>W (usual)</source>
        <translation>W(기본)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>W+ (each layer its own)</source>
        <translation>W+(층마다 따로)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Your labels: {name}</source>
        <translation>내 라벨: {name}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Your {count} labels were learnt to {share} on held-out ones.</source>
        <translation>라벨 {count}개로 학습했고, 검증용 라벨에서 {share} 맞혔습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>Z</source>
        <translation>Z</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>{name} (own)</source>
        <translation>{name}(직접 만듦)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_fit.py"/>
        <source>{share} of its length is left beside the sliders it leaves alone.</source>
        <translation>다른 슬라이더의 몫을 빼고 길이의 {share}가 남습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>By its shape</source>
        <translation>모양으로 판단</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Choose a file…</source>
        <translation>파일 선택…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Choose a folder…</source>
        <translation>폴더 선택…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Component</source>
        <translation>성분 번호</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Directions</source>
        <translation>방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Export into this folder</source>
        <translation>이 폴더로 내보내기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Exported as {name}.</source>
        <translation>{name}(으)로 내보냈습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Import a direction</source>
        <translation>방향 가져오기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Import a direction's folder</source>
        <translation>방향 폴더 가져오기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>NumPy and torch files of InterFaceGAN, e4e, PTI or GANSpace, or a folder that facelab exported.</source>
        <translation>InterFaceGAN, e4e, PTI, GANSpace의 NumPy·torch 파일이나 facelab이 내보낸 폴더를 고를 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Remove</source>
        <translation>삭제</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Taken in as: {layout}.</source>
        <translation>가져왔습니다: {layout}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Where it comes from</source>
        <translation>출처</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>Your own sliders</source>
        <translation>직접 만든 슬라이더</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a boundary of InterFaceGAN in Z</source>
        <translation>InterFaceGAN의 Z 경계</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of InterFaceGAN or PTI in W</source>
        <translation>InterFaceGAN 또는 PTI의 W 방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of e4e in W+</source>
        <translation>e4e의 W+ 방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of e4e, the same in every layer</source>
        <translation>e4e 방향(모든 층이 같음)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>a direction of facelab</source>
        <translation>facelab의 방향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>components in W+</source>
        <translation>W+의 성분</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_import.py"/>
        <source>components of GANSpace</source>
        <translation>GANSpace의 성분</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Begin</source>
        <translation>시작</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Does this face show “{name}”?</source>
        <translation>이 얼굴에 “{name}”이(가) 보이나요?</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Label photos, too…</source>
        <translation>사진에도 라벨 붙이기…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Make a slider</source>
        <translation>슬라이더 만들기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Name what the slider should change, such as “Freckles”. Then say of each face whether it shows it.</source>
        <translation>슬라이더로 바꿀 것에 “주근깨”처럼 이름을 붙이고, 얼굴마다 그것이 보이는지 답하세요.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>No (F)</source>
        <translation>아니요 (F)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>No face was found in: {names}</source>
        <translation>얼굴을 찾지 못한 사진: {names}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Photos to label</source>
        <translation>라벨을 붙일 사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Skip (Space)</source>
        <translation>건너뛰기 (Space)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>That is enough. More labels make the slider better.</source>
        <translation>충분합니다. 라벨을 늘리면 더 좋아집니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>The labels cannot be saved: they last until this window is closed.</source>
        <translation>라벨을 저장할 수 없습니다. 이 창을 닫을 때까지만 유지됩니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>What to look for</source>
        <translation>구별할 것</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>Yes (J)</source>
        <translation>예 (J)</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>{count} labels are enough, with at least {kind} of each.</source>
        <translation>모두 {count}개, 각각 {kind}개 이상이면 만들 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_label.py"/>
        <source>{yes} yes, {no} no.</source>
        <translation>예 {yes}개, 아니요 {no}개.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Distance ladder</source>
        <translation>거리 사다리</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>It cannot be written there.</source>
        <translation>그곳에는 저장할 수 없습니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Sampled faces by their distance to the boundary of “{name}”: farthest plus on top.</source>
        <translation>“{name}” 경계에서의 거리 순으로 놓은 생성 얼굴입니다. 위쪽이 플러스입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Save as PNG…</source>
        <translation>PNG로 저장…</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_ladder.py"/>
        <source>Save the ladder</source>
        <translation>사다리 그림 저장</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>As they are</source>
        <translation>그대로</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Each row is a slider moved by 1 on sampled faces, each column what is judged in the pictures.</source>
        <translation>행은 생성한 얼굴에서 1만큼 움직인 슬라이더, 열은 그림에서 판정한 것입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Leakage between sliders</source>
        <translation>슬라이더 사이의 영향</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Locked against all others</source>
        <translation>나머지를 모두 잠금</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>Measure</source>
        <translation>측정</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>On average 1 on a slider moves another attribute by {before} of its usual spread, locked by {after}.</source>
        <translation>슬라이더를 1 움직이면 다른 속성은 평균적으로 보통 편차의 {before}만큼 움직이고, 잠그면 {after}입니다.</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_matrix.py"/>
        <source>{slider} moves {attribute} by {share} of its own movement</source>
        <translation>{slider}은(는) 자기 움직임의 {share}만큼 {attribute}을(를) 움직입니다</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Face {index} of {count}</source>
        <translation>얼굴 {index}/{count}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Faces to label</source>
        <translation>라벨을 붙일 얼굴</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>No</source>
        <translation>아니요</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Preview at minus 2, 0 and plus 2</source>
        <translation>−2, 0, +2 미리보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Skipped</source>
        <translation>건너뜀</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Yes</source>
        <translation>예</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>Your photo</source>
        <translation>내 사진</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/studio_parts.py"/>
        <source>no label yet</source>
        <translation>아직 라벨 없음</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Before</source>
        <translation>편집 전</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Compare: {mode}</source>
        <translation>비교: {mode}</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Difference</source>
        <translation>차이</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Drag the edited photo out of the window</source>
        <translation>편집한 사진을 창 밖으로 끌기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>More</source>
        <translation>더 보기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Side by side</source>
        <translation>나란히</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/toolbar.py"/>
        <source>Split</source>
        <translation>나누기</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/zoom_bar.py"/>
        <source>Fit</source>
        <comment>zoom: whole photo</comment>
        <translation>전체</translation>
    </message>
    <message>
        <location filename="../../facelab/ui/zoom_bar.py"/>
        <source>One photo pixel on one screen pixel</source>
        <translation>사진 1픽셀을 화면 1픽셀로</translation>
    </message>
</context>
</TS>
