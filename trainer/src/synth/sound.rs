//! What a track sounds like: every feature as it is spread in real tables, features that go together as they do there
//! (loud with energetic, acoustic with calm, danceable with glad), around the middle of a genre and of an artist.
//!
//! Behind each feature there is a normal figure, its level (a Gaussian copula: Nelsen 2006, "An Introduction to Copulas",
//! section 2.3). Levels are drawn together; [`CURVES`] makes values of them.

use super::rng::Rng;

/// A component of the mixture. The figures place the middle of a feature: -2 is very low, 0 ordinary, 2 very high; tempo is in BPM.
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
    tempo: f64,
    /// Explicit tracks in a thousand.
    pub(crate) explicit: u64,
    /// Its share of the artists, relative to the others.
    weight: u64,
}

macro_rules! genres {
    ($($name:literal: $e:literal $d:literal $a:literal $i:literal $s:literal $v:literal $l:literal
        $tempo:literal $explicit:literal $weight:literal;)*) => {
        &[$(Genre {
            name: $name, energy: $e, dance: $d, acoustic: $a, instrumental: $i, speech: $s, valence: $v, live: $l,
            tempo: $tempo, explicit: $explicit, weight: $weight,
        }),*]
    };
}

/// Columns: energy, dance, acoustic, instrumental, speech, valence, live, tempo, explicit, weight.
#[rustfmt::skip]
pub(crate) const GENRES: &[Genre] = genres! {
    "pop":         0.4  0.5 -0.3 -1.8 -0.8  0.3 -0.6  118.0  60 14;
    "rock":        0.9 -0.1 -0.8 -1.0 -0.8  0.2 -0.2  125.0  30 12;
    "hip-hop":     0.4  1.2 -0.6 -1.9  1.1  0.2 -0.3  112.0 600  9;
    "electronic":  1.0  0.6 -1.3  0.8 -0.6 -0.1 -0.4  126.0  20  7;
    "indie":       0.3  0.1  0.0 -0.5 -0.8  0.0 -0.5  122.0  40  7;
    "folk":       -0.8 -0.3  1.2 -0.8 -0.8 -0.1 -0.4  116.0  10  5;
    "country":     0.3  0.1  0.2 -1.7 -0.9  0.4 -0.5  123.0  10  5;
    "r&b":        -0.1  0.7  0.1 -1.5 -0.2  0.2 -0.6  109.0 160  5;
    "metal":       1.7 -0.7 -1.8  0.0  0.1 -0.8 -0.1  128.0  80  5;
    "jazz":       -0.9  0.0  1.2  0.2 -0.6  0.2 -0.2  113.0   5  4;
    "classical":  -1.9 -0.8  2.0  1.6 -0.8 -0.9 -0.5  105.0   0  4;
    "ambient":    -1.8 -0.9  1.2  1.8 -0.8 -1.3 -0.6  108.0   2  3;
    "latin":       0.7  1.1 -0.1 -1.8 -0.2  0.9 -0.4  118.0 110  5;
    "reggae":      0.2  1.2 -0.2 -1.2  0.2  1.0 -0.4  116.0  50  3;
    "soul":        0.0  0.4  0.4 -1.2 -0.6  0.7 -0.3  114.0  15  3;
    "blues":       0.0  0.1  0.5 -0.6 -0.7  0.6 -0.1  118.0   8  3;
    "punk":        1.5 -0.4 -1.5 -1.0 -0.2  0.4 -0.1  140.0 120  3;
    "house":       1.1  1.3 -1.4  0.5 -0.5  0.2 -0.4  124.0  40  4;
    "techno":      1.1  0.9 -1.5  1.5 -0.5 -0.5 -0.4  130.0   5  3;
    "drum-n-bass": 1.5  0.1 -1.4  0.9  0.0 -0.4 -0.1  173.0  40  2;
    "disco":       0.8  1.1 -0.5 -0.6 -0.7  1.3 -0.3  119.0   8  2;
    "gospel":      0.2 -0.2  0.3 -1.8 -0.3  0.0  0.9  119.0   0  2;
    "comedy":      0.2  0.1  0.9 -1.9  2.6  0.0  1.4  105.0 450  1;
    "soundtrack": -1.4 -0.8  1.0  1.5 -0.7 -1.1 -0.5  106.0   2  3;
};

/// How many features a sound has: the eleven, and the length.
const N: usize = 12;

// The order of levels.
const DANCE: usize = 0;
const ENERGY: usize = 1;
const LOUD: usize = 2;
const SPEECH: usize = 3;
const ACOUSTIC: usize = 4;
const INSTRUMENTAL: usize = 5;
const LIVE: usize = 6;
const VALENCE: usize = 7;
const TEMPO: usize = 8;
const POPULAR: usize = 9;
const VARIANCE: usize = 10;
const LENGTH: usize = 11;

/// The levels at which [`CURVES`] has values: those below which 0.05, 0.5, 2, 5, 10, 20 ... 90, 95, 98, 99.5 and 99.95 % lie.
const LEVELS: [f64; 17] =
    [-3.29, -2.58, -2.05, -1.64, -1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 1.64, 2.05, 2.58, 3.29];

/// The values at [`LEVELS`]: quantiles of 264,802 real tracks, of `variance` those of 39,280.
#[rustfmt::skip]
const CURVES: [[f64; 17]; N] = [
    [0.035, 0.0992, 0.172, 0.251, 0.33, 0.427, 0.491, 0.543, 0.591, 0.637, 0.684, 0.734, 0.796, 0.839, 0.885, 0.931, 0.969],
    [0.000_563, 0.0101, 0.0602, 0.159, 0.278, 0.427, 0.525, 0.604, 0.674, 0.738, 0.805, 0.868, 0.932, 0.963, 0.984, 0.995, 0.999],
    [-41.5, -32.4, -24.5, -18.3, -14.4, -11.2, -9.37, -8.11, -7.14, -6.31, -5.56, -4.79, -3.87, -3.18, -2.41, -1.36, 0.233],
    [0.0222, 0.0248, 0.0266, 0.0285, 0.0307, 0.0347, 0.039, 0.0444, 0.0516, 0.0629, 0.0833, 0.125, 0.233, 0.326, 0.429, 0.852, 0.952],
    [1.08e-6, 4.79e-6, 3.36e-5, 0.000_222, 0.0013, 0.009_86, 0.0329, 0.0784, 0.153, 0.266, 0.428, 0.632, 0.841, 0.936, 0.982, 0.994, 0.996],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.66e-6, 6.36e-5, 0.000_774, 0.0116, 0.216, 0.815, 0.899, 0.937, 0.966, 0.994],
    [0.0197, 0.0335, 0.0472, 0.0602, 0.0736, 0.0909, 0.104, 0.114, 0.133, 0.168, 0.233, 0.321, 0.453, 0.697, 0.911, 0.975, 0.992],
    [0.012, 0.0294, 0.0386, 0.074, 0.135, 0.229, 0.317, 0.394, 0.478, 0.557, 0.644, 0.735, 0.844, 0.91, 0.96, 0.969, 0.981],
    [0.0, 61.2, 71.8, 77.5, 83.3, 94.0, 102.7, 113.0, 121.4, 128.0, 135.6, 145.5, 164.2, 174.8, 183.9, 200.0, 210.0],
    [0.0, 0.0, 0.0, 0.0, 2.0, 13.0, 21.0, 27.0, 33.0, 39.0, 45.0, 51.0, 59.0, 66.0, 72.0, 79.0, 92.0],
    [-0.65, -0.4, -0.25, -0.158, -0.093, -0.022, 0.025, 0.068, 0.111, 0.155, 0.202, 0.26, 0.341, 0.409, 0.492, 0.607, 0.86],
    [19.7e3, 45.2e3, 80.5e3, 116e3, 141e3, 166e3, 183e3, 198e3, 213e3, 229e3, 248e3, 276e3, 326e3, 389e3, 480e3, 670e3, 1610e3],
];

/// How levels go together: the correlations of the normal scores of the same tracks, below the diagonal.
#[rustfmt::skip]
const TOGETHER: [&[f64]; N] = [
    &[],
    &[0.06],
    &[0.19, 0.74],
    &[0.22, 0.26, 0.19],
    &[-0.06, -0.69, -0.51, -0.15],
    &[-0.24, -0.09, -0.35, -0.16, 0.0],
    &[-0.17, 0.17, 0.08, 0.10, -0.05, -0.07],
    &[0.46, 0.20, 0.22, 0.06, -0.04, -0.29, -0.07],
    &[-0.01, 0.24, 0.20, 0.11, -0.21, -0.04, 0.02, 0.11],
    &[0.12, 0.0, 0.13, -0.03, 0.0, -0.17, -0.03, 0.04, 0.01],
    &[-0.01, -0.12, -0.08, -0.07, 0.12, -0.03, -0.01, -0.02, -0.02, -0.03],
    &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
];

/// The share of a level's variance that is the genre's, and that is the artist's beyond it.
const OF_GENRE: [f64; N] = [0.30, 0.30, 0.25, 0.20, 0.30, 0.30, 0.06, 0.20, 0.08, 0.0, 0.0, 0.0];
const OF_ARTIST: [f64; N] = [0.10, 0.10, 0.10, 0.15, 0.10, 0.10, 0.06, 0.05, 0.03, 0.30, 0.05, 0.05];

type Levels = [f64; N];
type Matrix = [[f64; N]; N];

impl Genre {
    /// Its number among [`GENRES`].
    pub(crate) fn draw(rng: &mut Rng) -> usize {
        let total = GENRES.iter().map(|genre| genre.weight).sum();
        let mut draw = rng.below(total);
        for (number, genre) in GENRES.iter().enumerate() {
            if draw < genre.weight {
                return number;
            }
            draw -= genre.weight;
        }
        0
    }

    fn middles(&self) -> Levels {
        let mut middles = [0.0; N];
        for (level, middle) in [
            (DANCE, self.dance),
            (ENERGY, self.energy),
            (LOUD, 0.8 * self.energy - 0.4 * self.instrumental),
            (SPEECH, self.speech),
            (ACOUSTIC, self.acoustic),
            (INSTRUMENTAL, self.instrumental),
            (LIVE, self.live),
            (VALENCE, self.valence),
            (TEMPO, self.tempo),
        ] {
            middles[level] = middle;
        }
        middles
    }
}

/// What levels are drawn from: theirs is the sum of the genre's, the artist's and the track's own, and goes together as
/// [`TOGETHER`] says.
pub(crate) struct Mixture {
    /// By number of the genre.
    genres: Vec<Levels>,
    artist: Matrix,
    track: Matrix,
}

impl Mixture {
    pub(crate) fn new() -> Self {
        let mut genres: Vec<Levels> = GENRES.iter().map(Genre::middles).collect();
        let all: f64 = GENRES.iter().map(|genre| genre.weight as f64).sum();
        let mean = |genres: &[Levels], of: &dyn Fn(&Levels) -> f64| {
            genres.iter().zip(GENRES).map(|(levels, genre)| of(levels) * genre.weight as f64).sum::<f64>() / all
        };
        // Each level to mean 0 and the genre's share of the variance.
        for level in 0..N {
            let middle = mean(&genres, &|levels| levels[level]);
            let variance = mean(&genres, &|levels| (levels[level] - middle) * (levels[level] - middle));
            let scale = if variance > 0.0 { (OF_GENRE[level] / variance).sqrt() } else { 0.0 };
            genres.iter_mut().for_each(|levels| levels[level] = (levels[level] - middle) * scale);
        }
        let mut artist = [[0.0; N]; N];
        let mut track = [[0.0; N]; N];
        for a in 0..N {
            for b in 0..=a {
                let together = if a == b { 1.0 } else { TOGETHER[a][b] };
                artist[a][b] = together * (OF_ARTIST[a] * OF_ARTIST[b]).sqrt();
                track[a][b] = together - artist[a][b] - mean(&genres, &|levels| levels[a] * levels[b]);
            }
        }
        Self { genres, artist: root(artist), track: root(track) }
    }
}

/// The lower triangle whose product with its transpose is a covariance (Cholesky); only the lower triangle is read.
fn root(covariance: Matrix) -> Matrix {
    let mut root = [[0.0; N]; N];
    for a in 0..N {
        for b in 0..=a {
            let known: f64 = (0..b).map(|c| root[a][c] * root[b][c]).sum();
            let left = covariance[a][b] - known;
            root[a][b] = if a == b {
                // What genres have too much of leaves nothing for tracks.
                left.max(0.0).sqrt()
            } else if root[b][b] > 1e-6 {
                left / root[b][b]
            } else {
                0.0
            };
        }
    }
    root
}

/// Normal figures of a covariance, by its [`root`].
fn draw(root: &Matrix, rng: &mut Rng) -> Levels {
    let normal: Levels = std::array::from_fn(|_| rng.normal());
    std::array::from_fn(|a| (0..=a).map(|b| root[a][b] * normal[b]).sum())
}

/// How an artist departs from the genre, in levels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style(Levels);

impl Style {
    pub(crate) fn draw(mixture: &Mixture, rng: &mut Rng) -> Self {
        Style(draw(&mixture.artist, rng))
    }
}

/// The eleven features and the length of a track, as they are written: rounded.
#[derive(Clone, Debug)]
pub(crate) struct Sound {
    levels: Levels,
    /// Thousandths.
    pub(crate) danceability: i64,
    pub(crate) energy: i64,
    pub(crate) variance: i64,
    pub(crate) tempo: i64,
    pub(crate) loudness: i64,
    pub(crate) valence: i64,
    pub(crate) acousticness: SmallDecimal,
    pub(crate) instrumentalness: SmallDecimal,
    pub(crate) speechiness: SmallDecimal,
    pub(crate) liveness: SmallDecimal,
    /// 0 to 100.
    pub(crate) popularity: i64,
    /// Milliseconds.
    pub(crate) duration: i64,
}

impl Sound {
    pub(crate) fn draw(mixture: &Mixture, genre: usize, style: &Style, rng: &mut Rng) -> Self {
        let own = draw(&mixture.track, rng);
        Self::at(std::array::from_fn(|level| mixture.genres[genre][level] + style.0[level] + own[level]))
    }

    /// Another recording of nearly the same: a remaster, a reissue.
    pub(crate) fn again(&self, rng: &mut Rng) -> Self {
        let mut levels = self.levels.map(|level| level + 0.05 * rng.normal());
        levels[POPULAR] += 0.5 * rng.normal();
        Self::at(levels)
    }

    fn at(levels: Levels) -> Self {
        let value = |level: usize| value(&CURVES[level], levels[level]);
        // Where no beat is found, the tempo is 0.
        let tempo = value(TEMPO);
        Sound {
            levels,
            danceability: thousandths(value(DANCE)),
            energy: thousandths(value(ENERGY)),
            variance: thousandths(value(VARIANCE)),
            tempo: if tempo < 30.0 { 0 } else { thousandths(tempo) },
            loudness: thousandths(value(LOUD)),
            valence: thousandths(value(VALENCE)),
            acousticness: SmallDecimal::of(value(ACOUSTIC)),
            instrumentalness: SmallDecimal::of(value(INSTRUMENTAL)),
            speechiness: SmallDecimal::of(value(SPEECH)),
            liveness: SmallDecimal::of(value(LIVE)),
            popularity: value(POPULAR).round() as i64,
            duration: value(LENGTH).round() as i64,
        }
    }
}

/// A curve at a level, straight between its points, and level beyond its ends.
fn value(curve: &[f64; 17], level: f64) -> f64 {
    let above = LEVELS.partition_point(|at| *at < level);
    match above {
        0 => curve[0],
        _ if above == LEVELS.len() => curve[above - 1],
        _ => {
            let share = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1]);
            curve[above - 1] + share * (curve[above] - curve[above - 1])
        }
    }
}

/// A share that may be tiny, to three digits: `digits` thousandths, behind so many further zeros.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SmallDecimal {
    pub(crate) digits: i64,
    pub(crate) zeros: usize,
}

impl SmallDecimal {
    fn of(mut value: f64) -> Self {
        let mut zeros = 0;
        while value < 0.0995 && zeros < 6 {
            value *= 10.0;
            zeros += 1;
        }
        match thousandths(value) {
            0 => SmallDecimal { digits: 0, zeros: 0 },
            digits => SmallDecimal { digits, zeros },
        }
    }
}

fn thousandths(x: f64) -> i64 {
    // All that comes here is within ±1000.
    (x * 1000.0).round() as i64
}
