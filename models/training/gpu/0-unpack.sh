#!/bin/sh
# There, after each shard: add its faces to runs/data, which stays on the machine between calls.
set -eu
exec python3 -m models.training.gpu.shards --unpack runs/shards --data runs/data
