#!/bin/sh
# Here, with what came back of stage c in FROM (a slim checkpoint): make the model folder, its sliders and its table.
# No prior here: stage c trains the mapping network, and matching it again would undo that.
#   FROM=... DATA=... MEASURE=... FACES=.../faces128 sh models/training/gpu/4-back.sh
set -eu
model=${MODEL:-runs/model}
python3 -m models.training.export --run "$FROM" --start models/base --out "$model" --note "${NOTE:-}"
for file in LICENSE attributes.json attributes.safetensors finder.safetensors; do cp "models/base/$file" "$model/"; done
python3 -m models.training.perceptual --model "$model" --data "$DATA"
FACELAB_MEASURE_DIR="$MEASURE" python3 -m models.training.directions --model "$model" --data "$DATA" --out "$model/directions" \
    --sheet runs/sliders.png ${FACES:+--faces-folder "$FACES"}
FACELAB_MEASURE_DIR="$MEASURE" python3 -m models.training.layers --model "$model" --data "$DATA"
python3 -m models.training.metrics --model "$model" --data "$DATA" --measure "$MEASURE" --out runs/metrics.json
echo "compare runs/metrics.json with the table of models/base/MODEL_CARD.md; then copy $model over models/base"
