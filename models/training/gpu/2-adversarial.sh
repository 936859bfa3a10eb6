#!/bin/sh
# There: stage b (a minute), then stage c until the time is over. START: the checkpoint of stage a.
#   OUT=... START=runs/a/checkpoint MINUTES=8 CALLS=1 sh models/training/gpu/2-adversarial.sh
# PRIOR=0: START (models/base, or a checkpoint of stage c) has a mapping that fits its codes already.
set -eu
run=${RUN:-runs/c}
start=${START:-runs/a/checkpoint}
if [ "${PRIOR:-1}" = 1 ]; then
    [ -f runs/b/checkpoint/state.json ] || python3 -m models.training.prior --data runs/data \
        --start "$start" --run runs/b --threads "${THREADS:-8}" ${PRIOR_OPTIONS:-}
    start=runs/b/checkpoint
fi
status=0
python3 -m models.training.adversarial --data runs/data --measure runs/data --start "$start" --run "$run" \
    --images "${IMAGES:-0}" --minutes "${MINUTES:-8}" --calls "${CALLS:-1}" --batch "${BATCH:-256}" \
    --nats 1000 --judges-first "${FIRST:-3200}" --rebuilt 0.3 --pixel 0.4 --heads 0.35 --pixel-weight 2.5 \
    --readout-weight 0.8 --report-minutes 2 --checkpoint-minutes 4 ${OPTIONS:-} || status=$?
python3 -m models.training.gpu.slim --run "$run" --out "$OUT" # whatever happened: the last checkpoint comes back
exit $status
