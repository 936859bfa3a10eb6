"""What can go wrong for the user: each error has a code, named parameters and a next step.

`str(error)` is the one English line the command line prints: what is wrong, then what to do.
The window looks the code up in `facelab.ui.notices` and shows translated text instead.
Everything that is not a `FacelabError` is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class FacelabError(Exception):
    """Base of all errors shown to the user. `exit_code` is the command line's (cli.md)."""

    code: ClassVar[str] = "error"
    template: ClassVar[str] = "{detail}"
    exit_code: ClassVar[int] = 3

    def __init__(self, **params: object) -> None:
        self.params = params
        # one line, whatever a file's name holds: control characters are written as their escapes
        text = self.template.format(**params)
        super().__init__("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text))


class UsageError(FacelabError):
    code = "usage"
    template = "{detail}"
    exit_code = 2


# --- photos -----------------------------------------------------------------------------------


class UnreadablePhoto(FacelabError):
    code = "unreadable_photo"
    template = "{path}: {reason}. Use a JPEG, PNG, WebP, TIFF, AVIF, BMP or HEIC photo."


class NoSuchPhoto(UnreadablePhoto):
    template = "{path}: there is no such file. Check its name and folder."


class PhotoTooLarge(FacelabError):
    code = "photo_too_large"
    template = "{path}: {width} x {height} px is more than the limit of {limit_mp} megapixels. Reduce it first."


class NoFaceFound(FacelabError):
    code = "no_face"
    template = (
        "{path}: no face found. Choose another photo, or give the points yourself: "
        "--eyes x,y,x,y --mouth x,y,x,y (in the window: put them on the photo)."
    )


class NoSuchFace(FacelabError):
    code = "no_such_face"
    template = "{path}: there is no face {index}, only {count} (numbered from 0, largest first). See: facelab faces"


class BadLandmarks(FacelabError):
    code = "bad_landmarks"
    template = (
        "{path}: these points do not form a face ({reason}). Give image-left before image-right, eyes above mouth."
    )


# --- checkpoints and models -------------------------------------------------------------------


class UnsupportedCheckpoint(FacelabError):
    """Not a checkpoint of a kind we know."""

    code = "unsupported_checkpoint"
    template = "{path}: not a generator facelab can read ({reason}). It reads {tried}."


class BrokenCheckpoint(FacelabError):
    """A kind we know, but damaged, hostile or incomplete."""

    code = "broken_checkpoint"
    template = "{path}: the checkpoint is damaged or unsafe ({reason}). Download it again from its source."


class ModelNotFound(FacelabError):
    code = "model_not_found"
    template = "{name}: no such model. See: facelab models list"
    exit_code = 4


class MissingWeights(FacelabError):
    code = "missing_weights"
    template = "{what} needs the file {path}, which is not on this computer. {next_step}"
    exit_code = 4


class ChecksumMismatch(FacelabError):
    code = "checksum_mismatch"
    template = "{path}: the checksum is {actual}, expected {expected}. Download the file again."


class DownloadFailed(FacelabError):
    code = "download_failed"
    template = "{address} could not be fetched ({reason}). Try again: what has arrived is kept."
    exit_code = 4


class UnknownDirection(FacelabError):
    code = "unknown_direction"
    template = "{key}: the model {model} has no such slider. It has: {known}."
    exit_code = 2


class WrongGenerator(FacelabError):
    """A direction, pivot or delta belongs to another generator."""

    code = "wrong_generator"
    template = "{what} was made for the generator {expected}, not for {actual}. Open it with that model."
    exit_code = 4


class SpannedDirection(FacelabError):
    """Conditioning leaves nothing of a direction."""

    code = "spanned_direction"
    template = (
        "The conditions span this direction: only {left} of its length is left. "
        "Condition on fewer attributes, or on less similar ones."
    )


class BadScores(FacelabError):
    code = "bad_scores"
    template = "No boundary can be fitted: {reason}."


class BadDirection(FacelabError):
    code = "bad_direction"
    template = "{path}: not a direction for this generator ({reason}). Import an .npy or .pt array of its w_dim."


# --- projects ---------------------------------------------------------------------------------


class BrokenProject(FacelabError):
    code = "broken_project"
    template = "{path}: not a usable .facelab file ({reason}). Save it again from the photo."


class NewerProject(FacelabError):
    code = "newer_project"
    template = "{path}: written by a newer facelab (file version {version}). Update facelab to open it."


class PhotoNotInside(FacelabError):
    code = "photo_not_inside"
    template = "{path}: this file holds no photo. Add --photo PHOTO to paste into one, or --crop-only."
    exit_code = 4


# --- output and machine -----------------------------------------------------------------------


class OutputExists(FacelabError):
    code = "output_exists"
    template = "{path} exists. Choose another name, or add --force to replace it."
    exit_code = 2


class OutputIsInput(FacelabError):
    code = "output_is_input"
    template = "{path} is the input itself. Choose another name: facelab never writes over the original."
    exit_code = 2


class CannotWrite(FacelabError):
    code = "cannot_write"
    template = "{path}: cannot be written ({reason}). Choose another folder."
    exit_code = 4


class DeviceUnavailable(FacelabError):
    code = "device_unavailable"
    template = "The device {device} is not available here ({reason}). Use --device cpu."
    exit_code = 4


class OutOfMemory(FacelabError):
    code = "out_of_memory"
    template = "Not enough memory for {what}. Close other programs, or use --device cpu or a smaller model."
    exit_code = 4


class MissingLibrary(FacelabError):
    code = "missing_library"
    template = "{library} cannot be loaded ({reason}). {next_step}"
    exit_code = 4
