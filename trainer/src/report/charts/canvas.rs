//! What all charts are drawn with: text, rectangles and shades on a ground.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, Rectangle, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBAColor, RGBColor, TextStyle};

use super::{
    error::Error,
    palette::{GROUND, INK},
};

/// Text sizes in pixels.
pub(super) const TITLE: u32 = 20;
pub(super) const LABEL: u32 = 13;
pub(super) const SMALL: u32 = 12;

/// A drawing area in pixels. An SVG backend that writes to a string has no way to fail but plotters' own mistakes.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws on a ground of `size` pixels (width, height); gives the SVG document.
pub(super) fn svg(
    chart: &'static str,
    size: (u32, u32),
    draw: impl FnOnce(&Canvas) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<String, Error> {
    let mut text = String::new();
    {
        let canvas = SVGBackend::with_string(&mut text, size).into_drawing_area();
        canvas
            .fill(&GROUND)
            .map_err(Into::into)
            .and_then(|()| draw(&canvas))
            .and_then(|()| canvas.present().map_err(Into::into))
            .map_err(|error| Error::Draw { chart, reason: error.to_string() })?;
    }
    Ok(text)
}

/// How a piece of text stands at its point.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: u32,
    pub(super) color: RGBColor,
    pub(super) across: HPos,
    pub(super) bold: bool,
    pub(super) upwards: bool,
}

pub(super) const PLAIN: Style = Style { size: LABEL, color: INK, across: HPos::Left, bold: false, upwards: false };

impl Style {
    pub(super) fn font(self) -> TextStyle<'static> {
        // plotters divides by 1.24 before it writes the size.
        let font = ("sans-serif", f64::from(self.size) * 1.24).into_font();
        let font = if self.bold { font.style(FontStyle::Bold) } else { font };
        let font = if self.upwards { font.transform(FontTransform::Rotate270) } else { font };
        TextStyle { font, color: self.color.to_backend_color(), pos: Pos::new(self.across, VPos::Center) }
    }
}

/// Writes `text`, vertically centred on `at`. Control characters, which XML does not allow, become spaces.
pub(super) fn write(
    canvas: &Canvas,
    text: &str,
    at: (i32, i32),
    style: Style,
) -> Result<(), Box<dyn std::error::Error>> {
    let text = text.replace(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'), " ");
    canvas.draw_text(&text, &style.font(), at).map_err(Into::into)
}

/// Fills a rectangle of `size` pixels, its upper left corner at `at`.
pub(super) fn fill(
    canvas: &Canvas,
    at: (i32, i32),
    size: (i32, i32),
    color: RGBAColor,
) -> Result<(), Box<dyn std::error::Error>> {
    canvas.draw(&Rectangle::new([at, (at.0 + size.0, at.1 + size.1)], color.filled())).map_err(Into::into)
}

/// About how wide `text` is in pixels at the label size, a little more than in the usual sans-serif fonts.
pub(super) fn width(text: &str) -> i32 {
    let letter = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | '(' | ')' | '-' | '\'' => 5,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 12,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'.. => 14, // letters of East Asian scripts, and pictures
        c if c.is_uppercase() => 10,
        _ => 8,
    };
    text.chars().map(letter).sum()
}

/// Breaks `text` at spaces into lines of at most `most` pixels; a longer word is broken anywhere.
pub(super) fn wrap(text: &str, most: i32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut line = lines.pop().unwrap_or_default();
        if !line.is_empty() {
            if width(&line) + width(" ") + width(word) > most {
                lines.push(std::mem::take(&mut line));
            } else {
                line.push(' ');
            }
        }
        for letter in word.chars() {
            if !line.is_empty() && width(&line) + width(letter.encode_utf8(&mut [0; 4])) > most {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
        lines.push(line);
    }
    lines
}

/// A share of a colour's strength from which text on it is in the ground's colour. There, text in either colour has a
/// contrast of about 4.3 to 1, on light ground as on dark.
const STRONG: f64 = 0.7;

/// A colour at `share` of its strength, 0 to 1.
pub(super) fn shade(color: RGBColor, share: f64) -> RGBAColor {
    color.mix(if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 })
}

/// What reads best on a shade.
pub(super) fn ink_on(shade: RGBAColor) -> RGBColor {
    if shade.3 > STRONG { GROUND } else { INK }
}
