#!/bin/sh
# A short training run on a machine with a GPU, in two parts.
#
#   gpu-day.sh pack AUDIO PACK             here: everything the other machine needs, under 60 MiB, into the folder PACK
#   gpu-day.sh train PACK OUT              there: unpacks, renders and trains; checkpoints and logs come into OUT
#
# Settings of the second part, from the environment: PRESET (unet), MINUTES (12), BATCH (24), RATE (2e-3), RENDERERS
# (processes that render, 14), EXCERPTS (3000), PYTHON (python3), MORE (further options of `train`). It needs PyTorch, NumPy
# and SciPy there; libopus is taken from the pack. To go on with the specialist for vocals, whose checkpoint is in the pack
# (CHECKPOINT=rows while packing takes the network of all stems instead):
#
#   PRESET=rows RATE=6e-4 MORE="--from vocals.pt --vocals-share 1 --sdr 1 --warmup 20" gpu-day.sh train PACK OUT
#
# For a dry run on a CPU:
#
#   PRESET=tiny-rows MINUTES=0.5 BATCH=2 RENDERERS=1 EXCERPTS=4 gpu-day.sh train PACK OUT
set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}

pack() {
  audio=$1
  mkdir -p "$2"
  out=$(cd "$2" && pwd)
  mkdir -p "$out/instrumental" "$out/code"
  # Notes of 2 s at 24 kbit/s, every fourth one of each instrument; sung lines whole.
  (cd "$here" && "$python" -m unbraid_training prepare "$audio" "$out/library.zip" --kilobits 24 --seconds 2 --every 4)
  (cd "$here" && "$python" -m unbraid_training pack-stems "$audio/songs" "$out/songs" --kilobits 40 --without Sodium)
  for song in "$audio"/instrumental/*.opus; do
    # Three quarters of a minute of each say what there is.
    ffmpeg -v error -y -i "$song" -t 45 -c:a libopus -b:a 48k "$out/instrumental/$(basename "$song")"
  done
  cp -r "$here/unbraid_training" "$out/code/"
  cp "$here/checkpoints/${CHECKPOINT:-vocals}.pt" "$out/code/"
  find "$out/code" -name __pycache__ -prune -exec rm -r {} +
  library=$(ldconfig -p | sed -n 's/.*libopus\.so\.0.*=> //p' | head -n 1)
  [ -z "$library" ] || cp -L "$library" "$out/libopus.so.0"
  size=$(du -sm "$out" | cut -f1)
  echo "$size MiB in $out"
  [ "$size" -le 60 ] || { echo "too large to carry: leave something out" >&2; exit 1; }
}

train() {
  from=$(cd "$1" && pwd)
  mkdir -p "$2"
  out=$(cd "$2" && pwd)
  [ ! -e "$from/libopus.so.0" ] || export UNBRAID_LIBOPUS="$from/libopus.so.0"
  work=$out/work
  cd "$from/code"
  run="$python -m unbraid_training"
  $run prepare-stems "$from/songs" "$work/songs" --without Sodium
  $run prepare-instrumentals "$from/instrumental" "$work/instrumentals"
  # The trainer takes up shards as they come, so a first one is all that it waits for.
  $run render "$from/library.zip" "$work/rendered" --count "${EXCERPTS:-3000}" --seed 41 --workers "${RENDERERS:-14}" \
    > "$out/render.log" 2>&1 &
  renderer=$!
  trap 'kill $renderer 2> /dev/null || true' EXIT
  until ls "$work/rendered"/*.json > /dev/null 2>&1; do
    kill -0 $renderer 2> /dev/null || { cat "$out/render.log" >&2; exit 1; }
    sleep 1
  done
  # Losses of waveforms are for networks of whole spectra. MORE is split into words on purpose.
  case ${PRESET:-unet} in *rows | fast) losses= ;; *) losses="--wave 1 --multi 0.5" ;; esac
  # shellcheck disable=SC2086
  $run train "${PRESET:-unet}" "$out/run" --data "$work/songs" "$work/rendered" "$work/instrumentals" --ema 0.998 \
    --minutes "${MINUTES:-12}" --batch "${BATCH:-24}" --rate "${RATE:-2e-3}" --song-share 0.35 $losses ${MORE:-}
  # Only what is wanted back stays.
  rm -rf "$work"
  ls -l "$out/run"
}

case ${1:-} in
  pack) pack "$(cd "$2" && pwd)" "$3" ;;
  train) train "$2" "$3" ;;
  *) sed -n '2,18s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
