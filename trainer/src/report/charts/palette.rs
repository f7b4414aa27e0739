//! The charts' colours, and what becomes of them on a dark ground.
//!
//! plotters writes colours as attributes, and a style sheet overrides attributes: where a chart stands in a page,
//! [`style_sheet`] turns each of its colours into a variable that has one value for light and one for dark. A chart by
//! itself keeps the light ones. Shades between a colour and the ground are that colour, more or less transparent, so that
//! they follow.

use plotters::style::RGBColor;

/// A colour of the charts, named as the page's style sheet names it.
pub(super) struct ThemeColor {
    name: &'static str,
    light: RGBColor,
    dark: RGBColor,
}

/// What charts are drawn on, and text on strong colours.
pub(super) const GROUND: RGBColor = RGBColor(255, 255, 255);
/// Text, also on weak colours.
pub(super) const INK: RGBColor = RGBColor(28, 32, 38);
/// Text that explains.
pub(super) const SOFT: RGBColor = RGBColor(89, 97, 109);
/// Lines behind a chart.
pub(super) const GRID: RGBColor = RGBColor(225, 226, 224);
/// Below the mean, and curves.
pub(super) const BLUE: RGBColor = RGBColor(24, 72, 140);
/// Above the mean, and what is marked.
pub(super) const RED: RGBColor = RGBColor(168, 40, 36);

/// The clusters' colours, by id, then from the first again. After Okabe and Ito (2008), darkened until they stand out
/// from white.
pub(super) const CLUSTERS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(208, 80, 0),
    RGBColor(0, 143, 105),
    RGBColor(185, 92, 147),
    RGBColor(168, 123, 0),
    RGBColor(52, 152, 210),
    RGBColor(93, 63, 168),
    RGBColor(107, 107, 107),
];

const PALETTE: [ThemeColor; 14] = [
    ThemeColor { name: "surface", light: GROUND, dark: RGBColor(26, 30, 37) },
    ThemeColor { name: "ink", light: INK, dark: RGBColor(233, 235, 239) },
    ThemeColor { name: "quiet", light: SOFT, dark: RGBColor(165, 173, 186) },
    ThemeColor { name: "line", light: GRID, dark: RGBColor(44, 50, 60) },
    ThemeColor { name: "low", light: BLUE, dark: RGBColor(110, 160, 220) },
    ThemeColor { name: "high", light: RED, dark: RGBColor(230, 120, 110) },
    ThemeColor { name: "cluster-0", light: CLUSTERS[0], dark: RGBColor(63, 159, 220) },
    ThemeColor { name: "cluster-1", light: CLUSTERS[1], dark: RGBColor(242, 122, 53) },
    ThemeColor { name: "cluster-2", light: CLUSTERS[2], dark: RGBColor(31, 194, 150) },
    ThemeColor { name: "cluster-3", light: CLUSTERS[3], dark: RGBColor(227, 154, 196) },
    ThemeColor { name: "cluster-4", light: CLUSTERS[4], dark: RGBColor(232, 185, 58) },
    ThemeColor { name: "cluster-5", light: CLUSTERS[5], dark: RGBColor(154, 216, 247) },
    ThemeColor { name: "cluster-6", light: CLUSTERS[6], dark: RGBColor(164, 139, 240) },
    ThemeColor { name: "cluster-7", light: CLUSTERS[7], dark: RGBColor(181, 181, 181) },
];

/// The colour of a cluster.
pub(super) fn cluster(id: u32) -> RGBColor {
    CLUSTERS[id as usize % CLUSTERS.len()]
}

/// The name of the variable that [`style_sheet`] gives a cluster's colour.
pub fn cluster_variable(id: u32) -> String {
    format!("--cluster-{}", id as usize % CLUSTERS.len())
}

/// CSS for a page that charts stand in: each colour as a variable (`--ink`, `--surface` ...), light and dark, and rules
/// that give the charts the variables.
pub fn style_sheet() -> String {
    let values = |dark: bool| {
        let one = |tone: &ThemeColor| format!("--{}:{};", tone.name, hex(if dark { tone.dark } else { tone.light }));
        PALETTE.iter().map(one).collect::<String>()
    };
    let rules: String = PALETTE
        .iter()
        .map(|tone| {
            let (name, hex) = (tone.name, hex(tone.light));
            format!("svg [fill=\"{hex}\"]{{fill:var(--{name})}}\nsvg [stroke=\"{hex}\"]{{stroke:var(--{name})}}\n")
        })
        .collect();
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{rules}",
        values(false),
        values(true)
    )
}

/// As plotters writes it.
fn hex(color: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2)
}
