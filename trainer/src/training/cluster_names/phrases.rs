//! The table of phrases that names of clusters are made from.

use recommender::clusters::PHRASES;

/// The phrases of one language, by what they say.
pub(super) struct Phrases(Vec<[String; 3]>);

impl Phrases {
    /// The English ones, in which names are stored.
    ///
    /// # Panics
    ///
    /// Never: the table is part of the source, and a test reads it.
    pub(super) fn english() -> Self {
        Self(serde_json::from_str(PHRASES).expect("the table of phrases is a list of rows of three texts"))
    }

    /// What stands for a mark; for that of a feature without a phrase, its own name.
    pub(super) fn say(&self, mark: &str) -> String {
        self.find(mark).unwrap_or_else(|| {
            let feature = mark[1..].replace('_', "-");
            format!("{}-{feature}", if mark.starts_with('+') { "high" } else { "low" })
        })
    }

    /// What stands for two marks: a phrase for both where there is one.
    pub(super) fn pair(&self, first: &str, second: &str) -> String {
        let both = [(first, second), (second, first)];
        let phrase = both.iter().find_map(|(a, b)| self.find(&format!("{a} {b}")));
        phrase.unwrap_or_else(|| format!("{} and {}", self.say(first), self.say(second)))
    }

    fn find(&self, says: &str) -> Option<String> {
        self.0.iter().find(|[said, ..]| said == says).map(|[_, english, _]| english.clone())
    }
}

#[cfg(test)]
mod tests {
    use recommender::features::Feature;

    use super::*;

    #[test]
    fn every_mark_of_every_feature_has_a_phrase_in_every_language() {
        let Phrases(rows) = Phrases::english();
        assert_eq!(rows[0], ["says", "en", "es"]);
        assert!(rows.iter().all(|[_, english, spanish]| !english.is_empty() && !spanish.is_empty()), "{rows:?}");
        for feature in Feature::ALL {
            for sign in ['+', '-'] {
                let mark = format!("{sign}{}", feature.name());
                assert_eq!(rows.iter().filter(|[says, ..]| *says == mark).count(), 1, "{mark}");
            }
        }
        let is_known = |mark: &str| mark[1..].parse::<Feature>().is_ok();
        for [says, ..] in &rows[1..] {
            assert!(says == "*" || says.split(' ').filter(|mark| !mark.is_empty()).all(is_known), "{says}");
        }
    }

    #[test]
    fn a_phrase_has_one_translation() {
        let Phrases(rows) = Phrases::english();
        for [says, english, spanish] in &rows {
            let others = rows.iter().filter(|[_, other, _]| other == english);
            assert!(others.clone().all(|[.., other]| other == spanish), "{says}: {english}");
            // Commas separate phrases.
            assert!(!english.contains(',') && !spanish.contains(','), "{says}");
        }
    }
}
