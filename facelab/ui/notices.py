"""The only place that maps an error or notice code to words and a next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from facelab.ui.i18n import tr


@dataclass(frozen=True, slots=True)
class Message:
    """text: what is wrong and what to do; action: key of the next step (see MainWindow), "" = none.

    level: "info", "warning" or "loss" (red: data is lost).
    """

    text: str
    action: str = ""
    level: str = "warning"
    report: str = ""


ACTIONS = ("open", "points", "models", "settings", "save_as", "export", "copy_report", "update")


def action_text(action: str) -> str:
    match action:
        case "open":
            return tr("Open another photo")
        case "points":
            return tr("Put the points yourself")
        case "models":
            return tr("Show models")
        case "settings":
            return tr("Open settings")
        case "save_as":
            return tr("Save elsewhere")
        case "export":
            return tr("Choose another name")
        case "copy_report":
            return tr("Copy report")
        case _:
            return ""


def for_error(code: str, params: Mapping[str, object]) -> Message:
    """The message for a FacelabError code, or for a bug."""
    given = {key: _shown(value) for key, value in params.items()}
    texts = error_texts()
    if code not in texts:
        report = str(params.get("report") or params.get("detail") or code)
        return Message(
            tr("Something went wrong inside facelab. Your photo and edits are kept."), "copy_report", "warning", report
        )
    template, action = texts[code]
    return Message(template.format_map(_Given(given)), action, report=str(params.get("report", "")))


def error_texts() -> dict[str, tuple[str, str]]:
    """(words, action) of every code, in the current language."""
    return _photo_texts() | _model_texts() | _file_texts()


def _shown(value: object) -> str:
    """File names instead of whole paths."""
    text = str(value)
    return PurePath(text).name or text if "/" in text or "\\" in text else text


class _Given(dict[str, str]):
    """A missing field becomes a dash: a message never fails over its own words."""

    def __missing__(self, key: str) -> str:
        return "\N{EN DASH}"


def _photo_texts() -> dict[str, tuple[str, str]]:
    return {
        "unreadable_photo": (
            tr("{path} cannot be read as a photo. Open a JPEG, PNG, WebP, TIFF, AVIF, BMP or HEIC file."),
            "open",
        ),
        "photo_too_large": (
            tr("{path} has {width} x {height} pixels, more than {limit_mp} megapixels. Make it smaller first."),
            "open",
        ),
        "no_face": (
            tr("No face was found in this photo. Click both eyes and both mouth corners, or open another photo."),
            "open",
        ),
        "no_such_face": (tr("There is no face with this number in the photo. Choose one of the {count} found."), ""),
        "bad_landmarks": (
            tr(
                "These points do not form a face. Put the left eye left of the right one, and the eyes above the mouth."
            ),
            "points",
        ),
    }


def _model_texts() -> dict[str, tuple[str, str]]:
    return {
        "unsupported_checkpoint": (
            tr("{path} is not a generator that facelab can read. Add a StyleGAN2 checkpoint."),
            "models",
        ),
        "broken_checkpoint": (
            tr("{path} is damaged or unsafe and was not loaded. Get it again from its source."),
            "models",
        ),
        "model_not_found": (tr("The model {name} is not on this computer. Choose another one."), "models"),
        "missing_weights": (
            tr("{what} needs weights that are not on this computer. They can be added under Models."),
            "models",
        ),
        "checksum_mismatch": (
            tr("The checksum of {path} is wrong: the file is incomplete or was changed. Get it again."),
            "models",
        ),
        "unknown_direction": (tr("The model {model} has no slider {key}. Use one of the sliders shown."), ""),
        "wrong_generator": (tr("{what} was made for another model. Choose that model and open it again."), "models"),
        "spanned_direction": (
            tr("This slider is already described by others. Remove it from the list of attributes."),
            "",
        ),
        "bad_scores": (tr("The scores for the new slider cannot be used. Check the file and try again."), ""),
        "bad_direction": (tr("A slider's files are damaged and it was left out. Add the direction again."), "models"),
        "device_unavailable": (
            tr("The device {device} is not available here. Choose CPU in the settings."),
            "settings",
        ),
        "out_of_memory": (
            tr("There is not enough memory for this. Close other programs, or choose CPU in the settings."),
            "settings",
        ),
        "missing_library": (tr("The program part {library} cannot be loaded. Install facelab again."), "copy_report"),
        "engine_stopped": (
            tr("The engine stopped and was started again. Your photo and edits are kept."),
            "copy_report",
        ),
    }


def _file_texts() -> dict[str, tuple[str, str]]:
    return {
        "usage": (tr("This cannot be done: {detail}"), ""),
        "broken_project": (tr("{path} is not a usable .facelab file. Open the photo and save it again."), "open"),
        "newer_project": (tr("{path} was written by a newer facelab. Update facelab to open it."), ""),
        "photo_not_inside": (tr("{path} holds no photo. Open the photo it was made from."), "open"),
        "output_exists": (tr("{path} exists already and was not replaced. Choose another name."), "export"),
        "output_is_input": (
            tr("{path} is the original photo, which is never overwritten. Choose another name."),
            "export",
        ),
        "cannot_write": (tr("{path} cannot be written. Choose another folder, or make room on the disk."), "export"),
        "download_failed": (tr("The download was interrupted. Try again: it goes on where it stopped."), "models"),
    }


def for_notice(code: str, text: str) -> Message:
    """A notice in the user's language; one we have no words for is shown as the engine wrote it."""
    known = {
        "settings_reset": tr("The settings could not be read, so the defaults are used."),
        "reduced_to_8_bit": tr("The photo has more than 8 bits per channel; it is edited with 8."),
        "converted_to_srgb": tr("The photo's colours are converted to sRGB for editing and export."),
        "transparent": tr("The photo has transparent parts. They stay as they are."),
        "profile_lost": tr("The photo's colour profile cannot be used; its colours are taken as sRGB."),
        "exif_damaged": tr("A damaged part of the photo's metadata cannot be kept."),
        "file_cut": tr("The end of the file is missing; the picture itself is complete."),
        "first_frame": tr("The file holds several pictures: the first one is used."),
        "base_missing": tr("The model this file was made with is missing; its own copy is used."),
        "copied_unchanged": tr("Nothing was edited: the file is an exact copy."),
        "metadata_removed": tr("The metadata was removed, as chosen."),
        "transparency_lost": tr("This file kind has no transparency; it was filled."),
        "no_encoder": tr("This model has no encoder: the face is searched step by step, which takes longer."),
        "no_photo_inside": tr("This file holds no photo: the model's own picture of the face is shown."),
        "perceptual": tr("LPIPS weights are not installed, so the built-in measure is used for fitting."),
        "memory_half": tr("Memory ran out: fitting goes on with less precision."),
        "memory_locality": tr("Memory ran out: fitting goes on without its side condition."),
        "no_graph": tr("This graphics card computes step by step, which is slower."),
        "device_cpu": tr("The graphics card ran out of memory: facelab goes on with the processor."),
        "no_discriminator": tr("This model has no discriminator: fitting uses another measure."),
        "w_avg_estimated": tr("This model has no average face stored; it was estimated."),
        "random_noise": tr("This model has no noise maps stored; fixed random ones are used."),
        "no_hash": tr("This model file stores no checksum."),
        "wrong_generator": tr("Some sliders were made for another model and are not shown."),
        "own_direction": tr("One of your own sliders cannot be read and was left out."),
        "photo_left_out": tr("A photo without a usable face was left out."),
        "codec_h264": tr("The video is H.264."),
        "codec_vp9": tr("The video is VP9."),
        "codec_vp9_instead": tr("The video is VP9, as the part for H.264 (PyAV) is not installed."),
        "other_photo": tr("This is not the photo in the file: the largest face in it is edited."),
        "metadata_lost": tr("Some of the photo's metadata could not be kept."),
    }
    return Message(known.get(code, text), level="info")
