//! What to say of a parameter that there is not.

use recommender::{catalog::attributes::Attribute, features::Feature, text::typos};

use crate::problem::Problem;

/// How many typos a name may have and be meant all the same.
const MAX_TYPOS: usize = 3;
/// What names of parameters begin with that are made for each feature.
const WORDS: [&str; 3] = ["min_", "max_", "target_"];

/// The known name that was meant by another, where it is near enough.
pub(crate) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = MAX_TYPOS.min(name.chars().count() / 3);
    known
        .filter_map(|known| Some((typos(known, name, most)?, known)))
        .min_by_key(|(typos, _)| *typos)
        .map(|(_, known)| known)
}

/// The word and the feature or attribute of a parameter that is made for each.
fn feature(name: &'static str) -> Option<(&'static str, &'static str)> {
    let is_one = |of: &str| {
        Feature::ALL.iter().any(|feature| feature.name() == of)
            || Attribute::ALL.iter().any(|attribute| attribute.name() == of)
    };
    WORDS.iter().find_map(|word| name.strip_prefix(word).filter(|of| is_one(of)).map(|of| (*word, of)))
}

/// The problem of a parameter that a route has not: what may have been meant, and what there is. Of the parameters of features those
/// of `features`, where these are known.
pub(super) fn unknown(name: &str, mut names: Vec<&'static str>, features: Option<&[&str]>) -> Problem {
    if let Some(features) = features {
        names.retain(|name| feature(name).is_none_or(|(_, of)| features.contains(&of)));
    }
    let meant = meant(name, names.iter().copied());
    // Each name once: those of features by their words and by the features.
    let (mut listed, mut words, mut of_features) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match feature(name) {
            Some((word, of)) => {
                let of_word = format!("{word}X");
                if !words.contains(&of_word) {
                    words.push(of_word);
                }
                if !of_features.contains(&of) {
                    of_features.push(of);
                }
            }
            None => listed.push(name.to_owned()),
        }
    }
    if !words.is_empty() {
        listed.push(format!("{} with X one of {}", words.join(", "), of_features.join(", ")));
    }
    let listed = listed.join(", ");
    let (allowed, has) = match listed.as_str() {
        "" => ("none", "This route has no parameters".to_owned()),
        listed => (listed, format!("This route has {listed}")),
    };
    match meant {
        Some(meant) => {
            let detail = format!("there is no parameter {name:?}; did you mean {meant}? {has}");
            Problem::parameter(name, allowed, detail).with("suggestions", vec![meant])
        }
        None => Problem::parameter(name, allowed, format!("there is no parameter {name:?}. {has}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_asked_and_each_name_is_listed_once() {
        let names = vec!["song", "min_year", "min_tempo", "max_tempo", "target_tempo", "min_energy", "max_energy"];
        let problem = unknown("min_tepmo", names.clone(), Some(&["tempo"]));
        assert_eq!(
            problem.detail(),
            "there is no parameter \"min_tepmo\"; did you mean min_tempo? This route has song, min_year, min_X, max_X, target_X with X \
             one of tempo"
        );
        let problem = unknown("max_per_artst", vec!["max_per_artist", "max_tempo"], Some(&["tempo"]));
        assert_eq!(
            problem.detail(),
            "there is no parameter \"max_per_artst\"; did you mean max_per_artist? This route has max_per_artist, max_X with X one of tempo"
        );
        assert!(unknown("xyz", names, None).detail().ends_with("with X one of tempo, energy"));
        assert!(unknown("x", Vec::new(), None).detail().ends_with("This route has no parameters"));
    }
}
