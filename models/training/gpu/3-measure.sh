#!/bin/sh
# There: time and memory at 1024 px, and whether CPU and CUDA agree. OUT=... sh models/training/gpu/3-measure.sh
# GOLDEN: folder of golden cases. COMPILED=1: the compiled picture, too (a minute more).
set -eu
python3 -m models.training.gpu.speed --out "$OUT/speed.json" ${OPTIONS:-}
python3 -m models.training.gpu.parity --data runs/data --out "$OUT/parity.json" ${GOLDEN:+--golden "$GOLDEN"}
[ -z "${COMPILED:-}" ] || python3 -m models.training.gpu.speed --compiled --out "$OUT/compiled.json"
