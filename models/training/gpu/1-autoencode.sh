#!/bin/sh
# There: stage a at 128 px. Call it again within the machine's lease to go on; the schedule spans CALLS calls.
#   OUT=... MINUTES=9 CALLS=1 sh models/training/gpu/1-autoencode.sh
set -eu
run=${RUN:-runs/a}
python3 -m models.training.autoencode --data runs/data --measure runs/data --start "${START:-models/base}" --run "$run" \
    --images "${IMAGES:-0}" --minutes "${MINUTES:-9}" --calls "${CALLS:-1}" --batch "${BATCH:-256}" \
    --rate "${RATE:-0.003}" --report-minutes 2 --checkpoint-minutes 4 ${OPTIONS:-}
python3 -m models.training.gpu.slim --run "$run" --out "$OUT"
