"""Colours, palette, style sheet and icons: neutral greys, one accent, an 8 px grid.

Fusion with an own `QPalette`: `setColorScheme` does nothing on some platforms, so the greys come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

BODY_PX = 13
SMALL_PX = 11


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. control: grooves and outlines (3:1 on the panel); on_accent: text on the accent colour."""

    dark: bool
    canvas: str
    panel: str
    raised: str
    line: str
    text: str
    secondary: str
    control: str
    accent: str
    on_accent: str
    amber: str
    red: str

    @property
    def field(self) -> str:
        """Behind typed text."""
        return self.canvas if self.dark else "#ffffff"


DARK = Colours(
    dark=True, canvas="#1b1b1b", panel="#242424", raised="#2f2f2f", line="#363636", text="#e8e8e8",
    secondary="#a6a6a6", control="#787878", accent="#3f8ae0", on_accent="#0c0c0c", amber="#e3a73c", red="#ff8a80",
)  # fmt: skip
LIGHT = Colours(
    dark=False, canvas="#dcdcdc", panel="#f6f6f6", raised="#e7e7e7", line="#d0d0d0", text="#1c1c1c",
    secondary="#5c5c5c", control="#868686", accent="#1f6fc7", on_accent="#ffffff", amber="#8a5a00", red="#b3261e",
)  # fmt: skip


def palette(colours: Colours) -> QPalette:
    """The QPalette; widgets that paint themselves read these roles (see `Ink`)."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, value in (
        (roles.Window, colours.panel), (roles.WindowText, colours.text), (roles.Base, colours.field),
        (roles.AlternateBase, colours.raised), (roles.Text, colours.text), (roles.Button, colours.panel),
        (roles.ButtonText, colours.text), (roles.BrightText, colours.red), (roles.Highlight, colours.accent),
        (roles.HighlightedText, colours.on_accent), (roles.Link, colours.accent), (roles.ToolTipBase, colours.raised),
        (roles.ToolTipText, colours.text), (roles.PlaceholderText, colours.secondary), (roles.Mid, colours.control),
        (roles.Midlight, colours.raised), (roles.Dark, colours.line), (roles.Light, colours.raised),
        (roles.Shadow, colours.canvas), (roles.Accent, colours.accent),
    ):  # fmt: skip
        made.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.control))
    return made


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours a widget paints with, read from its palette so that a theme switch needs no wiring."""

    canvas: QColor
    panel: QColor
    raised: QColor
    line: QColor
    text: QColor
    secondary: QColor
    control: QColor
    accent: QColor
    on_accent: QColor


def ink(widget: QWidget) -> Ink:
    roles = QPalette.ColorRole
    given = widget.palette()
    colour = given.color
    return Ink(
        colour(roles.Shadow), colour(roles.Window), colour(roles.Midlight), colour(roles.Dark),
        colour(roles.WindowText), colour(roles.PlaceholderText), colour(roles.Mid), colour(roles.Highlight),
        colour(roles.HighlightedText),
    )  # fmt: skip


STYLE = """
* {{ font-size: {body}px; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}
QDialog, QWidget#panel, QWidget#toolbar, QWidget#jobbar, QWidget#filmstrip {{ background: {panel}; }}
QWidget#toolbar {{ border-bottom: 1px solid {line}; }}
QWidget#jobbar {{ border-top: 1px solid {line}; }}
QWidget#filmstrip {{ border-top: 1px solid {line}; }}
QWidget#notice {{ background: {raised}; border-bottom: 1px solid {line}; }}
QWidget#card {{ background: {panel}; border: 1px solid {line}; border-radius: 6px; }}
QLabel#group {{ color: {secondary}; font-size: {small}px; letter-spacing: 0.6px; }}
QLabel#small {{ color: {secondary}; font-size: {small}px; }}
QLabel#long {{ font-size: {small}px; }}
QLabel#level {{ color: {secondary}; font-size: 10px; }}
QLabel#strong {{ font-weight: 600; }}
QLabel#quiet {{ color: {secondary}; }}
QLabel#title {{ font-size: 17px; font-weight: 600; }}
QLabel#amber {{ color: {amber}; }}
QFrame#rule {{ background: {line}; border: none; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px; background: transparent;
  color: {text}; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:checked {{ background: {raised}; border-color: {line}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton:disabled {{ color: {control}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QPushButton {{ border: 1px solid {control}; border-radius: 4px; padding: 5px 14px; background: {panel};
  color: {text}; min-height: 16px; }}
QPushButton:hover {{ background: {raised}; }}
QPushButton:pressed {{ background: {line}; }}
QPushButton:checked {{ background: {raised}; border-color: {accent}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {control}; border-color: {line}; }}
QPushButton[primary="true"] {{ background: {accent}; border-color: {accent}; color: {on_accent}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ border-color: {text}; }}
QPushButton[primary="true"]:focus {{ border-color: {text}; }}
QPushButton[primary="true"]:disabled {{ background: {raised}; border-color: {line}; color: {control}; }}
QPushButton[flat="true"] {{ border-color: transparent; padding: 5px 8px; }}
QPushButton[flat="true"]:focus {{ border-color: {accent}; }}
QLineEdit, QComboBox, QSpinBox, QPlainTextEdit, QTextBrowser {{
  background: {field}; border: 1px solid {control}; border-radius: 4px; padding: 3px 6px; color: {text};
  selection-background-color: {accent}; selection-color: {on_accent}; min-height: 18px; }}
QLineEdit#filter {{ border-color: {line}; }}
QLineEdit:focus, QLineEdit#filter:focus, QComboBox:focus, QSpinBox:focus, QPlainTextEdit:focus {{
  border-color: {accent}; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{ color: {control}; border-color: {line}; }}
QLineEdit#number {{ background: transparent; border-color: transparent; padding: 0 1px; }}
QLineEdit#number:hover {{ border-color: {line}; }}
QLineEdit#number:focus {{ background: {field}; border-color: {accent}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url({down}); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {field}; border: 1px solid {line}; selection-background-color: {accent};
  selection-color: {on_accent}; outline: none; }}
QSpinBox QLineEdit {{ border: none; background: transparent; padding: 0 2px; min-height: 16px; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
QCheckBox, QRadioButton {{ spacing: 8px; }}
QCheckBox::indicator, QListView::indicator {{ width: 14px; height: 14px; border: 1px solid {control};
  border-radius: 3px; background: {field}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {accent}; border-color: {accent};
  image: url({check}); }}
QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox:focus {{ color: {accent_text}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {control}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
  border: none; width: 0; height: 0; }}
QListWidget {{ background: transparent; border: none; outline: none; }}
QListWidget::item {{ border: 1px solid transparent; border-radius: 4px; padding: 2px 4px; color: {text}; }}
QListWidget::item:hover {{ background: {raised}; }}
QListWidget::item:selected {{ background: {raised}; border: 1px solid {control}; color: {text}; }}
QListWidget::item:selected:focus {{ border: 1px solid {accent}; }}
QTableWidget {{ background: transparent; border: none; outline: none; }}
QTableCornerButton::section {{ background: transparent; border: none; }}
QTableWidget::item:focus {{ border: 2px solid {accent}; }}
QHeaderView, QHeaderView::section {{ background: transparent; border: none; color: {secondary}; padding: 3px 6px; }}
QMenu {{ background: {panel}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {raised}; color: {text}; }}
QMenu::item:disabled {{ color: {control}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QProgressBar {{ background: {line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QSlider::groove:horizontal {{ height: 2px; background: {control}; }}
QSlider::sub-page:horizontal {{ background: {accent}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 6px; background: {text}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; width: 8px; height: 8px; }}
QSplitter::handle {{ background: {line}; }}
QTabBar::tab {{ padding: 6px 10px; color: {secondary}; border: none; border-bottom: 2px solid transparent;
  background: transparent; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent_text}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
"""


class Icons:
    """SVG icons tinted at load time; results are kept per colour and pixel ratio."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[str, str, int], QIcon] = {}

    def get(self, name: str, colour: QColor, disabled: QColor | None = None, size: int = 20) -> QIcon:
        key = (name, colour.name() + (disabled.name() if disabled else ""), size)
        if key not in self._kept:
            icon = QIcon()
            for ratio in (1, 2, 3):
                icon.addPixmap(self.pixmap(name, colour, size, ratio))
                if disabled is not None:
                    icon.addPixmap(self.pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
            self._kept[key] = icon
        return self._kept[key]

    def pixmap(self, name: str, colour: QColor, size: int = 20, ratio: float = 1.0) -> QPixmap:
        svg = (self._folder / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour.name())
        side = round(size * ratio)
        image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
        painter.end()
        image.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(image)


class Theme(QObject):
    """Applies light or dark to the application. folder: the icons; cache: where tinted arrows for the sheet go."""

    changed = Signal()

    def __init__(self, application: QApplication, icon_folder: Path, cache: Path) -> None:
        super().__init__(application)
        self._application = application
        self._cache = cache
        self._choice = "system"
        self.icons = Icons(icon_folder)
        self.colours = DARK
        application.styleHints().colorSchemeChanged.connect(self._system_changed)

    def use(self, choice: str, language: str) -> None:
        """choice: "system", "light" or "dark"; language decides which CJK letter forms come first."""
        self._choice = choice
        self.colours = LIGHT if self._wants_light() else DARK
        self._application.setStyle("Fusion")
        self._application.setPalette(palette(self.colours))
        self._application.setFont(font(language))
        self._application.setStyleSheet(self._sheet())
        self.changed.emit()

    def _wants_light(self) -> bool:
        if self._choice == "system":
            return self._application.styleHints().colorScheme() == Qt.ColorScheme.Light
        return self._choice == "light"

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.use("system", self._language())

    def _language(self) -> str:
        from PySide6.QtCore import QLocale

        return QLocale().name().split("_")[0]

    def _sheet(self) -> str:
        c = self.colours
        return STYLE.format(
            body=BODY_PX, small=SMALL_PX, panel=c.panel, raised=c.raised, line=c.line, text=c.text,
            secondary=c.secondary, control=c.control, accent=c.accent, on_accent=c.on_accent, amber=c.amber,
            field=c.field, accent_text="#7fb4f0" if c.dark else c.accent,
            down=self._drawn("down", c.text), check=self._drawn("check", c.on_accent),
        )  # fmt: skip

    def _drawn(self, name: str, colour: str) -> str:
        """A tinted icon as a file, because style sheets take images only by address."""
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._cache / f"{name}-{colour.lstrip('#')}.png"
        if not path.is_file():
            self.icons.pixmap(name, QColor(colour), 20, 2).save(str(path))
        return path.as_posix()


def font(language: str) -> QFont:
    """The platform's interface font at 13 px with even figures; CJK letter forms of the language behind it."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    cjk = {"ko": ["Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo"]}.get(
        language, ["Noto Sans CJK JP", "Yu Gothic UI", "Hiragino Sans"]
    )
    plain = made.family() in ("", "Sans Serif", "DejaVu Sans", "Sans")
    latin = ["Inter", "Cantarell", "Ubuntu", "Noto Sans"] if plain else [made.family()]
    installed = set(QFontDatabase.families())
    made.setFamilies([name for name in [*latin, *cjk] if name in installed] or [made.family()])
    made.setPixelSize(BODY_PX)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
