"""The direction studio: finds, measures, cleans and keeps sliders of one generator. The window and the command line
drive the same `Steps`; nothing here knows a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from facelab.core.editing.directions import Direction, check_generator, load_direction, save_direction
from facelab.core.errors import BadScores, OutputExists, UsageError
from facelab.core.generator import sample_w
from facelab.core.progress import Progress, Steps
from facelab.core.recipe import LayerRange
from facelab.core.studio.calibrate import Effect, Range, Score, effect, usable_range
from facelab.core.studio.components import Components, ganspace, sefa
from facelab.core.studio.fitting import FitOptions, Fitted, fit_step, to_direction
from facelab.core.studio.gradient import dividing_bias
from facelab.core.studio.importing import make_direction, read_array, recognise
from facelab.core.studio.labels import Learned, as_labels, learn, next_pictures, regress
from facelab.core.studio.measure import leakage_matrix, locked, sigma_of
from facelab.core.studio.sampling import SPACES, draw, mean_step, w_stream
from facelab.core.studio.seeing import shrink
from facelab.core.values import F32, U8
from facelab.engine import studio_existing as existing
from facelab.engine import studio_values as v
from facelab.engine.own_directions import check_key, own_folder, remove_own, save_own
from facelab.engine.studio_faces import TEST_SEED, Faces, Gallery, identity_measure
from facelab.engine.studio_judges import Judges
from facelab.engine.studio_tools import affine_weights, conditioned, names_of, source_of
from facelab.engine.toolkit import Toolkit, model_directions, pick_direction

SIGMA_SAMPLES = 10_000
EFFECT_FACES, RANGE_FACES, GRADIENT_FACES = 48, 8, 32
GRADIENT_SEED = 2_900_000_000
LEARN_BELOW = 1000
"""With fewer labels than this they first teach a score for all samples."""
STRIP_PX, STRIP_FACES, REACH = 96, 3, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Faces to fit on with their scores f32 [N], and what judges pictures of the same attribute."""

    faces: Faces
    scores: F32
    judge: Score
    learned: Learned | None = None
    labels: int = 0
    scorer: F32 | None = None


class Studio:
    """One generator's studio. Owned by one thread. own: the face that is open in the window, w_plus and its render."""

    def __init__(self, toolkit: Toolkit) -> None:
        self.toolkit = toolkit
        self.gallery = Gallery(toolkit)
        self.judges = Judges(self.gallery)
        self.own: tuple[F32, Callable[[F32], U8]] | None = None
        self._sampled: F32 | None = None
        self._components: Components | None = None

    @property
    def sampled_w(self) -> F32:
        """10,000 w at psi 1, seed 0: what sigma is measured over."""
        if self._sampled is None:
            self._sampled = sample_w(self.toolkit.generator, SIGMA_SAMPLES, 0)
        return self._sampled

    @property
    def sha256(self) -> str:
        return self.toolkit.generator.info.sha256

    def do(self, task: v.StudioTask) -> Steps[v.StudioAnswer]:
        """Whatever the window asks for."""
        match task:
            case v.FitPlan():
                return self.fit(task, keep=True)
            case v.DrawFaces():
                return self.draw(task)
            case v.SuggestFaces():
                return self.suggest(task)
            case v.FindComponents():
                return self.components(task)
            case v.KeepComponent():
                return self.keep_component(task)
            case v.MeasureMatrix():
                return self.matrix(task)
            case v.ImportArray():
                return self.import_array(task)
            case v.ExportDirection():
                return self.export(task)
            case v.RemoveDirection():
                return self.remove(task)
            case v.ConditionSlider():
                return existing.condition_slider(self, task)
            case v.DrawLadder():
                return existing.draw_ladder(self, task)
            case v.Calibrate():
                return existing.calibrate_and_keep(self, task)
            case _:
                assert_never(task)

    # --- faces and labels ---------------------------------------------------------------------

    def draw(self, task: v.DrawFaces) -> Steps[v.FacesDrawn]:
        """Draw and look at the faces to be labelled."""
        ids = [f"seed:{seed}" for seed in task.seeds] + [f"photo:{path}" for path in task.photos]
        faces = yield from self.gallery.look(ids)
        missed = tuple(path for path in task.photos if f"photo:{path}" not in faces.ids)
        return v.FacesDrawn(faces.ids, self.gallery.thumbs(faces.ids), missed)

    def suggest(self, task: v.SuggestFaces) -> Steps[v.FacesSuggested]:
        """Active choice: which faces, of those drawn, are worth a label now."""
        known = dict(task.labels)
        faces = yield from self.gallery.look([*known, *(f for f in self.gallery.drawn if f not in known)])
        labels = np.array([float(known[name]) if name in known else np.nan for name in faces.ids], np.float32)
        rows = next_pictures(faces.seen.features, labels, task.count)
        return v.FacesSuggested(tuple(faces.ids[row] for row in rows))

    # --- InterFaceGAN -------------------------------------------------------------------------

    def fit(self, plan: v.FitPlan, *, keep: bool) -> Steps[v.FitResult]:
        """From scores to a measured slider. Raises BadScores, SpannedDirection, UsageError, UnknownDirection."""
        if plan.space not in SPACES:
            raise UsageError(detail=f"the space is {plan.space!r}, it must be one of {', '.join(SPACES)}")
        self.may_keep(plan.key, keep=keep, replace_it=plan.replace)
        conditions = [pick_direction(self.toolkit.directions, key, self.toolkit.name) for key in plan.conditions]
        scored = yield from (self._by_net(plan) if plan.attribute else self._by_scores(plan))
        yield Progress("fit", 0, 1)
        fitted = self._boundary(plan, scored)
        direction = to_direction(fitted, plan.key, self.sha256, names_of(plan.key, plan.names), source=source_of(plan))
        direction, kept = conditioned(direction, conditions)
        yield Progress("fit", 1, 1)
        direction = yield from self.with_normal(
            direction, plan.attribute or scored.scorer, scored.faces.w_plus, scored.scores
        )
        direction, moved, reach, name = yield from self.measure(direction, scored.judge)
        leaks = {key: value for key, value in moved.leaks.items() if key != plan.attribute and np.isfinite(value)}
        direction = replace(direction, leakage=leaks)
        strip = yield from self.strip(direction)
        path = save_own(direction, replace=plan.replace, scorer=scored.scorer) if keep else None
        if keep:
            self.take_in(direction)
        edges = fitted.boundary
        return v.FitResult(
            direction, edges.accuracy, edges.interval, fitted.along, fitted.along_interval, edges.train, edges.held_out,
            scored.labels, scored.learned.accuracy if scored.learned else float("nan"), moved, reach, name, kept,
            scored.scorer, strip, path,
        )  # fmt: skip

    def _pool(self, plan: v.FitPlan) -> Steps[Faces]:
        kind = "mixed" if plan.space == "w+" else "seed"
        return (yield from self.gallery.look([f"{kind}:{plan.seed + i}" for i in range(plan.samples)]))

    def _by_net(self, plan: v.FitPlan) -> Steps[_Scored]:
        judge = self.judges.judge_of(plan.attribute)
        if judge is None:
            known = ", ".join(self.judges.judged)
            raise UsageError(detail=f"nothing here judges {plan.attribute!r}; there is: {known}")
        faces = yield from self._pool(plan)
        return _Scored(faces, faces.seen.scores[plan.attribute], judge)

    def _by_scores(self, plan: v.FitPlan) -> Steps[_Scored]:
        given = dict(plan.scores)
        known = yield from self.gallery.look(list(given))
        values = np.array([given[name] for name in known.ids], np.float32)
        if not len(values):
            raise BadScores(reason="none of the scored faces can be used")
        features = known.seen.features
        labels = as_labels(values)
        if labels is None or len(labels) >= LEARN_BELOW:
            weight, bias = regress(features, values if labels is None else labels)
            return _Scored(
                known, values, self.judges.by_weights(weight, bias), None, 0, np.append(weight, np.float32(bias))
            )
        learned = learn(features, labels, seed=plan.seed)
        faces = yield from self._pool(plan)
        scores = learned.score(faces.seen.features)
        photos = [i for i, name in enumerate(known.ids) if name.startswith("photo:")]
        if photos and plan.space != "z":  # inverted photos take part with their own label
            sure = np.where(labels[photos] > 0.5, scores.max(), scores.min()).astype(np.float32)
            faces = Faces(
                faces.ids + tuple(known.ids[i] for i in photos),
                np.concatenate([faces.w_plus, known.w_plus[photos]]),
                faces.seen,
            )
            scores = np.concatenate([scores, sure])
        scorer = np.append(learned.weight, np.float32(learned.bias))
        return _Scored(
            faces, scores, self.judges.by_weights(learned.weight, learned.bias), learned, len(labels), scorer
        )

    def _boundary(self, plan: v.FitPlan, scored: _Scored) -> Fitted:
        options = FitOptions(plan.share, 0.7, plan.seed, plan.plain)
        faces = scored.faces
        if plan.space == "w+":
            return fit_step(faces.w_plus, scored.scores, self.sampled_w, options)
        w = faces.w_plus.mean(axis=1)
        if plan.space == "w":
            return fit_step(w, scored.scores, self.sampled_w, options)
        sampled = [i for i, name in enumerate(faces.ids) if not name.startswith("photo:")]
        z = self.gallery.z_of(faces.ids[i] for i in sampled)
        inside = fit_step(z, scored.scores[sampled], z, replace(options, plain=True))
        step = mean_step(self.toolkit.generator, z[:256], inside.normal)
        unit = step / max(float(np.linalg.norm(step)), 1e-12)
        along = fit_step(
            w[sampled] @ unit[:, None] * unit, scored.scores[sampled], self.sampled_w, replace(options, plain=True)
        )
        return replace(
            inside, step=unit, sigma=max(sigma_of(unit, self.sampled_w), 1e-6), bias=along.bias,
            along=along.along, along_interval=along.along_interval,
        )  # fmt: skip

    # --- judging ------------------------------------------------------------------------------

    def with_normal(self, direction: Direction, judge: str | F32 | None, w_plus: F32, scores: F32) -> Steps[Direction]:
        """The direction with how its attribute grows in W (see `Judges.normal`); unchanged when nothing judges it.

        w_plus: codes f32 [N, num_ws, w_dim] with their scores f32 [N], to find where the attribute begins.
        """
        if judge is None or (isinstance(judge, str) and judge not in self.judges.judged):
            return direction
        w = draw(self.toolkit.generator, range(GRADIENT_SEED, GRADIENT_SEED + GRADIENT_FACES)).w_plus[:, 0]
        normal, _ = yield from self.judges.normal(judge, w)
        bias = dividing_bias(w_plus.mean(axis=1) @ normal, scores > self.judges.zero(judge))
        return replace(direction, normal=normal, normal_bias=bias)

    def measure(
        self, direction: Direction, judge: Score, *, faces: int = EFFECT_FACES
    ) -> Steps[tuple[Direction, Effect, Range, str]]:
        """Effect of +2 sigma and usable range, on faces nothing was fitted on; the range is put into the direction."""
        eyes = self.gallery.eyes
        name, same = identity_measure(self.toolkit)
        codes = self.test_codes(faces)
        moved = yield from effect(direction, codes, eyes.render, judge, same, others=eyes.judge)
        quality = self.judges.judge_of("quality") or judge
        reach = yield from usable_range(direction, codes[:RANGE_FACES], eyes.render, judge, quality, same)
        return replace(direction, low=reach.low, high=reach.high), moved, reach, name

    def test_codes(self, count: int) -> F32:
        """w_plus f32 [count, num_ws, w_dim] of faces that nothing is fitted on."""
        return draw(self.toolkit.generator, range(TEST_SEED, TEST_SEED + count)).w_plus

    def strip(self, direction: Direction) -> Steps[v.Strip]:
        """The direction on the open face and on samples."""
        strips = yield from self._strips([direction])
        return strips[0]

    def _strips(self, directions: list[Direction]) -> Steps[tuple[v.Strip, ...]]:
        eyes = self.gallery.eyes
        codes = self.test_codes(STRIP_FACES)
        made = []
        for done, direction in enumerate(directions, 1):
            step = direction.step(codes.shape[1]) * np.float32(REACH)
            rows = [self._three(codes[i], step, eyes.render) for i in range(len(codes))]
            if self.own is not None:
                w_plus, render = self.own
                rows = [self._three(w_plus, step, render), *rows[:-1]]
            made.append(v.Strip(np.stack(rows), self.own is not None))
            yield Progress("preview", done, len(directions))
        return tuple(made)

    @staticmethod
    def _three(w_plus: F32, step: F32, render: Callable[[F32], U8]) -> U8:
        return shrink(render(np.stack([w_plus - step, w_plus, w_plus + step])), STRIP_PX)

    # --- leakage ------------------------------------------------------------------------------

    def matrix(self, task: v.MeasureMatrix) -> Steps[v.MatrixMeasured]:
        """Leakage before and after every slider was locked against all others."""
        chosen = {key: pick_direction(self.toolkit.directions, key, self.toolkit.name) for key in task.keys}
        if not chosen:
            chosen = {key: d for key, d in self.toolkit.directions.items() if self.judges.judge_of(key) is not None}
        judges = {key: self.judges.judge_of(key) for key in chosen}
        lacking = [key for key, judge in judges.items() if judge is None]
        if lacking or len(chosen) < 2:
            problem = f"nothing judges {', '.join(lacking)}" if lacking else "two sliders at least are compared"
            raise UsageError(detail=problem)
        judge = self.judges.of_all(judges)
        codes = self.test_codes(task.faces)
        render = self.gallery.eyes.render
        before = yield from leakage_matrix(chosen, codes, render, judge, batch=8)
        num_ws = codes.shape[1]
        clean = {key: locked(chosen, key, tuple(chosen), num_ws) for key in chosen}
        after = yield from leakage_matrix(clean, codes, render, judge, batch=8)
        return v.MatrixMeasured(before, after)

    # --- components ---------------------------------------------------------------------------

    def find_components(self, task: v.FindComponents) -> Steps[Components]:
        """GANSpace or SeFa, without pictures."""
        generator = self.toolkit.generator
        layers = (task.layers.first, task.layers.last) if task.layers else None
        if task.kind == "pca":
            sample = w_stream(generator, task.seed)
            count = min(task.count, generator.info.w_dim)
            found = yield from ganspace(sample, count=task.samples, components=count)
            return replace(found, layers=layers)
        yield Progress("components", 0, 1)
        return sefa(affine_weights(self.toolkit), layers=layers, components=min(task.count, generator.info.w_dim))

    def components(self, task: v.FindComponents) -> Steps[v.ComponentsFound]:
        """Components with previews; they stay here until `keep_component` names one."""
        found = yield from self.find_components(task)
        self._components = found
        directions = [self.component(found, i, f"{task.kind}_{i + 1}", {}) for i in range(len(found.vectors))]
        strips = yield from self._strips(directions)
        return v.ComponentsFound(task.kind, found, tuple(d.sigma for d in directions), strips)

    def component(self, found: Components, index: int, key: str, names: Mapping[str, str], sign: int = 1) -> Direction:
        """One component as a slider: 0 is the mean of the samples."""
        if not 0 <= index < len(found.vectors):
            raise UsageError(detail=f"there is no component {index}, only {len(found.vectors)}, counted from 0")
        vector = found.vectors[index] * np.float32(sign)
        return Direction(
            key=key, vector=vector, sigma=max(sigma_of(vector, self.sampled_w), 1e-6), generator_sha256=self.sha256,
            bias=-float(self.sampled_w.mean(0) @ vector), labels=names_of(key, names),
            layers=LayerRange(*found.layers) if found.layers else None,
            source=f"component {index} of {len(found.vectors)}", licence="",
        )  # fmt: skip

    def keep_component(self, task: v.KeepComponent) -> Steps[v.DirectionKept]:
        """One click: a found component becomes a slider."""
        if self._components is None:
            raise UsageError(detail="no components were found yet")
        self.may_keep(task.key, keep=True, replace_it=task.replace)
        yield Progress("fit", 0, 1)
        direction = self.component(self._components, task.index, task.key, task.names, task.sign)
        path = save_own(direction, replace=task.replace)
        self.take_in(direction)
        return v.DirectionKept(direction, path)

    # --- files --------------------------------------------------------------------------------

    def import_array(self, task: v.ImportArray) -> Steps[v.DirectionKept]:
        """An array of the public, or a folder that facelab exported. Raises BadDirection, WrongGenerator."""
        yield Progress("load", 0, 1)
        if task.path.is_dir():
            direction, note = load_direction(task.path), "facelab direction"
            check_generator(direction, self.sha256)
            names = {**direction.labels, **task.names}
            direction = replace(direction, key=task.key or direction.key, labels=names, group="custom")
        else:
            direction, note = self._from_array(task)
        self.may_keep(direction.key, keep=True, replace_it=task.replace)
        strip = yield from self.strip(direction)
        path = save_own(direction, replace=task.replace)
        self.take_in(direction)
        return v.DirectionKept(direction, path, note, strip)

    def _from_array(self, task: v.ImportArray) -> tuple[Direction, str]:
        info = self.toolkit.generator.info
        _, array = read_array(task.path)
        found = recognise(task.path, array, info, task.space)
        if task.space == "z":
            z = np.random.RandomState(0).randn(256, info.z_dim).astype(np.float32)
            units = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True).clip(1e-12)
            moved = np.stack([mean_step(self.toolkit.generator, z, unit) for unit in units[: task.component + 1]])
            found = replace(found, vectors=moved)
        direction = make_direction(
            task.path, found, task.key, info, self.sampled_w, component=task.component,
            labels=names_of(task.key, task.names), source=task.source, licence=task.licence,
        )  # fmt: skip
        return direction, found.layout

    def export(self, task: v.ExportDirection) -> Steps[v.DirectionKept]:
        """Write `folder`/direction.npy and direction.toml. Raises OutputExists, CannotWrite."""
        direction = pick_direction(self.toolkit.directions, task.key, self.toolkit.name)
        if task.folder.exists() and any(task.folder.iterdir()) and not task.replace:
            raise OutputExists(path=task.folder)
        yield Progress("export", 0, 1)
        save_direction(direction, task.folder)
        return v.DirectionKept(direction, task.folder)

    def remove(self, task: v.RemoveDirection) -> Steps[v.DirectionRemoved]:
        """Take a slider of the user away; those of the model stay. Raises UsageError."""
        yield Progress("export", 0, 1)
        if not remove_own(task.key, self.sha256):
            raise UsageError(detail=f"{task.key} is not one of your own sliders")
        left = {key: d for key, d in self.toolkit.directions.items() if key != task.key}
        self.toolkit.directions = {**model_directions(self.toolkit), **left}
        return v.DirectionRemoved(task.key)

    # --- keeping ------------------------------------------------------------------------------

    def may_keep(self, key: str, *, keep: bool, replace_it: bool) -> None:
        """Before the first second is spent: is the name usable and free?"""
        check_key(key)
        if keep and not replace_it and key in self.toolkit.directions:
            raise OutputExists(path=own_folder(self.sha256) / key)

    def take_in(self, direction: Direction) -> None:
        """A new or changed slider of the model, from now on."""
        self.toolkit.directions = {**self.toolkit.directions, direction.key: direction}
