#!/bin/sh
# Here, once: cut the faces into shards that travel beside the repository (runs/ is not tracked).
#   FACES=.../faces128 MEASURE=.../measure sh models/training/gpu/0-carry.sh
# Then carry runs/shards/0, /1, ... one per call, each with: sh models/training/gpu/0-unpack.sh
set -eu
exec python3 -m models.training.gpu.shards --faces "$FACES" --measure "$MEASURE" --out runs/shards --megabytes "${MEGABYTES:-28}" ${OPTIONS:-}
