//! What a track sounds like: a mixture with a component for every genre, in which features go together as they do in
//! real tables (loud with energetic, acoustic with calm, danceable with glad).

use super::dice::Dice;

/// A component of the mixture. The figures place the middle of a feature: -2 is very low, 0 ordinary, 2 very high.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Genre {
    pub(crate) name: &'static str,
    energy: f64,
    dance: f64,
    acoustic: f64,
    instrumental: f64,
    speech: f64,
    valence: f64,
    live: f64,
    /// Mean and deviation, BPM.
    tempo: (f64, f64),
    /// Explicit tracks in a thousand.
    pub(crate) explicit: u64,
    /// Its share of the artists, relative to the others.
    weight: u64,
}

macro_rules! genres {
    ($($name:literal: $e:literal $d:literal $a:literal $i:literal $s:literal $v:literal $l:literal
        $tempo:literal + $spread:literal $explicit:literal $weight:literal;)*) => {
        &[$(Genre {
            name: $name, energy: $e, dance: $d, acoustic: $a, instrumental: $i, speech: $s, valence: $v, live: $l,
            tempo: ($tempo, $spread), explicit: $explicit, weight: $weight,
        }),*]
    };
}

/// Columns: energy, dance, acoustic, instrumental, speech, valence, live, tempo, explicit, weight.
#[rustfmt::skip]
pub(crate) const GENRES: &[Genre] = genres! {
    "pop":         0.4  0.5 -0.3 -1.8 -0.8  0.3 -0.6  118.0 + 24.0  60 14;
    "rock":        0.9 -0.1 -0.8 -1.0 -0.8  0.2 -0.2  125.0 + 26.0  30 12;
    "hip-hop":     0.4  1.2 -0.6 -1.9  1.1  0.2 -0.3  112.0 + 30.0 600  9;
    "electronic":  1.0  0.6 -1.3  0.8 -0.6 -0.1 -0.4  126.0 + 12.0  20  7;
    "indie":       0.3  0.1  0.0 -0.5 -0.8  0.0 -0.5  122.0 + 27.0  40  7;
    "folk":       -0.8 -0.3  1.2 -0.8 -0.8 -0.1 -0.4  116.0 + 28.0  10  5;
    "country":     0.3  0.1  0.2 -1.7 -0.9  0.4 -0.5  123.0 + 29.0  10  5;
    "r&b":        -0.1  0.7  0.1 -1.5 -0.2  0.2 -0.6  109.0 + 28.0 160  5;
    "metal":       1.7 -0.7 -1.8  0.0  0.1 -0.8 -0.1  128.0 + 30.0  80  5;
    "jazz":       -0.9  0.0  1.2  0.2 -0.6  0.2 -0.2  113.0 + 31.0   5  4;
    "classical":  -1.9 -0.8  2.0  1.6 -0.8 -0.9 -0.5  105.0 + 31.0   0  4;
    "ambient":    -1.8 -0.9  1.2  1.8 -0.8 -1.3 -0.6  108.0 + 30.0   2  3;
    "latin":       0.7  1.1 -0.1 -1.8 -0.2  0.9 -0.4  118.0 + 32.0 110  5;
    "reggae":      0.2  1.2 -0.2 -1.2  0.2  1.0 -0.4  116.0 + 34.0  50  3;
    "soul":        0.0  0.4  0.4 -1.2 -0.6  0.7 -0.3  114.0 + 28.0  15  3;
    "blues":       0.0  0.1  0.5 -0.6 -0.7  0.6 -0.1  118.0 + 30.0   8  3;
    "punk":        1.5 -0.4 -1.5 -1.0 -0.2  0.4 -0.1  140.0 + 28.0 120  3;
    "house":       1.1  1.3 -1.4  0.5 -0.5  0.2 -0.4  124.0 +  5.0  40  4;
    "techno":      1.1  0.9 -1.5  1.5 -0.5 -0.5 -0.4  130.0 +  7.0   5  3;
    "drum-n-bass": 1.5  0.1 -1.4  0.9  0.0 -0.4 -0.1  173.0 +  5.0  40  2;
    "disco":       0.8  1.1 -0.5 -0.6 -0.7  1.3 -0.3  119.0 + 10.0   8  2;
    "gospel":      0.2 -0.2  0.3 -1.8 -0.3  0.0  0.9  119.0 + 30.0   0  2;
    "comedy":      0.2  0.1  0.9 -1.9  2.6  0.0  1.4  105.0 + 30.0 450  1;
    "soundtrack": -1.4 -0.8  1.0  1.5 -0.7 -1.1 -0.5  106.0 + 31.0   2  3;
};

impl Genre {
    pub(crate) fn draw(dice: &mut Dice) -> &'static Genre {
        let total = GENRES.iter().map(|genre| genre.weight).sum();
        let mut draw = dice.below(total);
        for genre in GENRES {
            if draw < genre.weight {
                return genre;
            }
            draw -= genre.weight;
        }
        &GENRES[0]
    }
}

/// How an artist departs from the genre, and how well known they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    energy: f64,
    dance: f64,
    instrumental: f64,
    speech: f64,
    valence: f64,
    /// 0 to 1; a power law: most are hardly known, a few by everybody.
    fame: f64,
}

impl Style {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let mut own = || 0.35 * dice.normal();
        let (energy, dance, instrumental, speech, valence) = (own(), own(), own(), own(), own());
        let u = dice.unit();
        Style { energy, dance, instrumental, speech, valence, fame: u * u * u }
    }
}

/// The eleven features and the length of a track, as they are written: rounded.
#[derive(Clone, Debug)]
pub(crate) struct Sound {
    /// Thousandths.
    pub(crate) danceability: i64,
    pub(crate) energy: i64,
    pub(crate) variance: i64,
    pub(crate) tempo: i64,
    pub(crate) loudness: i64,
    pub(crate) acousticness: i64,
    pub(crate) instrumentalness: Small,
    pub(crate) speechiness: i64,
    pub(crate) valence: i64,
    pub(crate) liveness: i64,
    /// 0 to 100.
    pub(crate) popularity: i64,
    /// Milliseconds.
    pub(crate) duration: i64,
}

/// A share that may be tiny.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Small {
    Thousandths(i64),
    /// `digits` (100 to 999) hundredths times ten to the minus `exponent`.
    Scientific {
        digits: u64,
        exponent: u64,
    },
}

impl Sound {
    pub(crate) fn draw(genre: &Genre, style: &Style, dice: &mut Dice) -> Self {
        let energy = genre.energy + style.energy + 0.55 * dice.normal();
        let dance = genre.dance + style.dance + 0.5 * dice.normal();
        let loud = 0.85 * energy + 0.45 * dice.normal();
        let acoustic = 0.5 * genre.acoustic - 0.7 * energy + 0.5 * dice.normal();
        let speech = genre.speech + style.speech + 0.45 * dice.normal();
        let valence = genre.valence + style.valence + 0.3 * dance + 0.15 * energy + 0.6 * dice.normal();
        let live = genre.live + 0.7 * dice.normal();
        let instrumental = share(genre.instrumental + style.instrumental + 0.7 * dice.normal());
        let speech = share(speech);
        let acoustic = share(acoustic);
        let live = share(live);
        Sound {
            danceability: thousandths(0.02 + 0.96 * share(0.25 + 0.8 * dance)),
            energy: thousandths(share(0.3 + 0.85 * energy)),
            variance: thousandths(share(-0.6 + 0.6 * dice.normal())),
            tempo: thousandths((genre.tempo.0 + genre.tempo.1 * dice.normal()).clamp(40.0, 215.0)),
            loudness: thousandths((-7.0 + if loud > 0.0 { 2.4 } else { 5.5 } * loud).clamp(-60.0, 2.0)),
            acousticness: thousandths(acoustic * acoustic),
            instrumentalness: if instrumental < 0.12 {
                Small::Thousandths(0)
            } else if instrumental < 0.45 {
                Small::Scientific { digits: dice.between(100, 999), exponent: dice.between(4, 6) }
            } else {
                let above = (instrumental - 0.45) / 0.55;
                Small::Thousandths(thousandths(0.97 * above))
            },
            speechiness: thousandths(0.023 + 0.9 * speech * speech * speech),
            valence: thousandths(0.01 + 0.97 * share(valence)),
            liveness: thousandths(0.03 + 0.95 * live * live * live),
            // Within 0 to 100, of which the fraction is cut off.
            popularity: (100.0 * style.fame * (0.35 + 0.65 * dice.unit())) as i64,
            duration: (224_000.0 + 52_000.0 * dice.normal()).clamp(35_000.0, 900_000.0) as i64,
        }
    }
}

/// Any number into 0 to 1: an S-shaped curve from square root and division, which are the same everywhere.
fn share(x: f64) -> f64 {
    0.5 + 0.5 * x / (1.0 + x * x).sqrt()
}

fn thousandths(x: f64) -> i64 {
    // All that comes here is within ±1000.
    (x * 1000.0).round() as i64
}
