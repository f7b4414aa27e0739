//! What a request may hold, and combinations of it.

use anyhow::{Context, bail, ensure};
use rand::Rng;

/// Something that a request may hold, in so many ways. The first is that of a request which does not say.
struct Factor {
    name: &'static str,
    levels: &'static [&'static str],
}

const fn factor(name: &'static str, levels: &'static [&'static str]) -> Factor {
    Factor { name, levels }
}

/// Everything. `most` is as many as the request takes.
const FACTORS: [Factor; 23] = [
    factor(
        "seeds",
        &[
            "one",
            "one-by-features",
            "most",
            "most-by-title",
            "most-typed",
            "most-misspelt",
            "most-unknown",
            "most-by-features",
            "most-by-artist",
            "most-by-genre",
        ],
    ),
    factor("negative_seeds", &["none", "most", "most-misspelt"]),
    factor("limit", &["10", "1", "most"]),
    factor("same_cluster", &["true", "false"]),
    factor("search", &["auto", "exact", "hnsw"]),
    factor("diversity", &["0", "0.5", "1"]),
    factor("max_per_artist", &["none", "1"]),
    factor("max_per_album", &["none", "1"]),
    factor("versions", &["false", "true"]),
    factor("vary", &["none", "1"]),
    factor("order", &["similarity", "flow"]),
    factor("affinity", &["none", "balanced", "every"]),
    factor("cursor", &["none", "most"]),
    factor("min_max", &["none", "all", "half", "few", "no"]),
    factor("target", &["none", "every-feature"]),
    factor("attributes", &["none", "bounds", "targets"]),
    factor("explicit", &["any", "false", "true"]),
    factor("genre", &["any", "commonest", "rarest", "unknown"]),
    factor("years", &["any", "all", "half", "no"]),
    factor("exclude_tracks", &["none", "anywhere", "nearest"]),
    factor("exclude_artists", &["none", "largest"]),
    factor("exclude_seed_artists", &["false", "true"]),
    factor("explain", &["false", "true"]),
];

/// A request, by the level of each factor, and a number that picks its seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Combination {
    levels: [u8; FACTORS.len()],
    pub(crate) pick: u64,
}

impl Combination {
    /// How many combinations there are, but for what is picked.
    pub(crate) fn count() -> u64 {
        FACTORS.iter().map(|factor| factor.levels.len() as u64).product()
    }

    /// Any.
    pub(crate) fn random(rng: &mut impl Rng, picks: u64) -> Self {
        let levels = std::array::from_fn(|at| rng.gen_range(0..FACTORS[at].levels.len()) as u8);
        Self { levels, pick: rng.gen_range(0..picks) }
    }

    /// Another that differs in one factor, or in what is picked.
    pub(crate) fn changed(mut self, rng: &mut impl Rng, picks: u64) -> Self {
        match rng.gen_range(0..=FACTORS.len()) {
            at if at < FACTORS.len() => {
                let levels = FACTORS[at].levels.len() as u8;
                self.levels[at] = (self.levels[at] + rng.gen_range(1..levels)) % levels;
            }
            _ => self.pick = rng.gen_range(0..picks),
        }
        self
    }

    /// The level of a factor.
    ///
    /// # Errors
    ///
    /// Where there is no such factor.
    pub(crate) fn level(&self, name: &str) -> anyhow::Result<&'static str> {
        let at = FACTORS.iter().position(|factor| factor.name == name);
        let at = at.with_context(|| format!("there is no factor {name}"))?;
        Ok(FACTORS[at].levels[usize::from(self.levels[at])])
    }

    /// What is not as in a request that does not say, as `name=level` with spaces between.
    pub(crate) fn spelled(&self) -> String {
        let said = FACTORS.iter().zip(self.levels).filter(|(_, level)| *level > 0);
        let said = said.map(|(factor, level)| format!("{}={} ", factor.name, factor.levels[usize::from(level)]));
        said.chain([format!("pick={}", self.pick)]).collect()
    }

    /// The combination that is [spelled](Self::spelled) so.
    ///
    /// # Errors
    ///
    /// Where it is not spelled as a combination is.
    pub(crate) fn parse(spelled: &str) -> anyhow::Result<Self> {
        let mut combination = Self { levels: [0; FACTORS.len()], pick: 0 };
        for word in spelled.split_whitespace() {
            let (name, level) = word.split_once('=').with_context(|| format!("{word:?} is not name=level"))?;
            if name == "pick" {
                combination.pick = level.parse().with_context(|| format!("{word:?} picks no number"))?;
                continue;
            }
            let Some(at) = FACTORS.iter().position(|factor| factor.name == name) else {
                bail!("{name:?} is none of {}", FACTORS.map(|factor| factor.name).join(", "));
            };
            let found = FACTORS[at].levels.iter().position(|known| *known == level);
            ensure!(found.is_some(), "{name} is {level:?}: expected one of {}", FACTORS[at].levels.join(", "));
            combination.levels[at] = found.unwrap_or_default() as u8;
        }
        Ok(combination)
    }

    /// In how many factors it is another.
    pub(crate) fn differs_from(&self, other: &Self) -> usize {
        self.levels.iter().zip(other.levels).filter(|(own, other)| **own != *other).count()
    }

    fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        let factors = 0..FACTORS.len();
        let pairs = factors.clone().flat_map(move |a| (a + 1..factors.end).map(move |b| (a, b)));
        pairs.map(|(a, b)| [(a, self.levels[a]), (b, self.levels[b])])
    }
}

/// Levels of two factors, by the factors' places.
type Pair = [(usize, u8); 2];

/// Combinations in which every two levels of any two factors are together at least once: of several at random, each time the one
/// that has most pairs which none before had.
pub(crate) fn pairwise(rng: &mut impl Rng, picks: u64) -> Vec<Combination> {
    let levels = |at: usize| (0..FACTORS[at].levels.len()).map(move |level| (at, level as u8));
    let pairs = (0..FACTORS.len()).flat_map(|a| (a + 1..FACTORS.len()).map(move |b| (a, b)));
    let mut left: std::collections::BTreeSet<Pair> =
        pairs.flat_map(|(a, b)| levels(a).flat_map(move |a| levels(b).map(move |b| [a, b]))).collect();
    let mut found = Vec::new();
    while let Some(pair) = left.first().copied() {
        let candidates = (0..32).map(|_| {
            let mut candidate = Combination::random(rng, picks);
            // Each has one new pair at least, so that this ends.
            for (at, level) in pair {
                candidate.levels[at] = level;
            }
            candidate
        });
        let new = |candidate: &Combination| candidate.pairs().filter(|pair| left.contains(pair)).count();
        let Some(best) = candidates.max_by_key(new) else { break };
        for pair in best.pairs() {
            left.remove(&pair);
        }
        found.push(best);
    }
    found
}
