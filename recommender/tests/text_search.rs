//! Searching by what is typed, held against brute force.

#![allow(missing_docs)]

mod common;

use std::{collections::HashSet, sync::OnceLock};

use common::Invented;
use proptest::prelude::*;
use recommender::{
    Model, Version,
    artifact::encode,
    recommend::{Request, Seed},
    text_search::{Hit, InvertedIndex, Matched},
};

const ALL: usize = usize::MAX;

trait Search {
    fn found(&self, typed: &str, limit: usize) -> Vec<Hit>;
}

impl Search for Model {
    fn found(&self, typed: &str, limit: usize) -> Vec<Hit> {
        self.search(typed, limit).expect("the artifact has an index")
    }
}

fn model_of(tracks: &[Invented]) -> Model {
    let file = encode(&common::artifact(tracks, 1, 2)).expect("encodes");
    Model::from_bytes(&file, Version::of(&file)).expect("reads back")
}

/// A model of the given titles and artists, in the order of their popularity if the model knows it.
fn songs(named: &[(&str, &str)], popularity: bool) -> Model {
    let mut tracks = common::tracks(named.len(), 3);
    for (place, (track, (song, artist))) in tracks.iter_mut().zip(named).enumerate() {
        (track.song, track.artist) = ((*song).into(), (*artist).into());
        track.features[2] = 100.0 - place as f64;
    }
    let mut artifact = common::artifact(&tracks, 1, 1);
    if popularity {
        artifact.scaler.features[2] = "popularity".into();
        let index = InvertedIndex::build(&artifact.catalog, &artifact.titles, Some(2));
        artifact.text_search = Some(Box::new(index.expect("few words")));
    }
    let file = encode(&artifact).expect("encodes");
    Model::from_bytes(&file, Version::of(&file)).expect("reads back")
}

fn titles<'m>(model: &'m Model, hits: &[Hit]) -> Vec<&'m str> {
    hits.iter().map(|hit| model.catalog().track(hit.row).song).collect()
}

const SYLLABLES: [&str; 24] = [
    "ba", "be", "lo", "mi", "ra", "to", "vé", "zu", "ka", "no", "si", "dü", "fo", "ga", "he", "ji", "pø", "qua", "ru",
    "sta", "ti", "wo", "xe", "ya",
];

/// 3,000 titles of one to four words, by 300 artists.
fn invented() -> &'static (Vec<Invented>, Model) {
    static INVENTED: OnceLock<(Vec<Invented>, Model)> = OnceLock::new();
    INVENTED.get_or_init(|| {
        let mut tracks = common::tracks(3_000, 3);
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut name = |words: usize| {
            let word = |random: &mut dyn FnMut(usize) -> usize| -> String {
                (0..2 + random(3)).map(|_| SYLLABLES[random(SYLLABLES.len())]).collect()
            };
            (0..words).map(|_| word(&mut random)).collect::<Vec<_>>().join(" ")
        };
        let artists: Vec<String> = (0..300).map(|artist| name(1 + artist % 2)).collect();
        for (place, track) in tracks.iter_mut().enumerate() {
            track.song = name(1 + place % 4);
            track.artist = artists[place % 300].clone();
        }
        let model = model_of(&tracks);
        (tracks, model)
    })
}

#[test]
fn every_title_is_found_first_by_its_own_text() {
    let (tracks, model) = invented();
    for track in tracks {
        for typed in [track.song.clone(), track.song.to_uppercase(), format!(" {} ", track.song.replace(' ', ", "))] {
            let hits = model.found(&typed, 10);
            assert_eq!(hits[0].matched, Matched::Title, "{typed:?}");
            assert_eq!(titles(model, &hits)[0], track.song, "{typed:?}");
        }
        let hits = model.found(&format!("{} {}", track.artist, track.song), 10);
        let first = model.catalog().track(hits[0].row);
        assert_eq!((first.song, first.artist), (&*track.song, &*track.artist));
    }
}

#[test]
fn every_title_is_among_those_that_begin_as_it_does() {
    let (tracks, model) = invented();
    for track in tracks.iter().step_by(7) {
        let word: Vec<char> = track.song.split(' ').next().expect("a word").chars().collect();
        for length in 3..=word.len() {
            let typed: String = word[..length].iter().collect();
            let found = model.found(&typed, ALL);
            assert!(titles(model, &found).contains(&&*track.song), "{:?} by {typed:?}", track.song);
        }
    }
}

#[test]
fn every_title_is_found_with_one_typo() {
    let (tracks, model) = invented();
    for (place, track) in tracks.iter().enumerate().step_by(3) {
        let letters: Vec<char> = track.song.chars().collect();
        let word = track.song.split(' ').map(|word| word.chars().count());
        // A word of its own, in which the typo is: one that is long enough.
        let Some(length) = word.clone().find(|length| *length >= 5) else { continue };
        let start: usize = word.take_while(|other| *other < 5).map(|other| other + 1).sum();
        let at = start + place % length;
        for typo in 0..3 {
            let mut typed = letters.clone();
            match typo {
                0 => drop(typed.remove(at)),
                1 => typed.insert(at, 'q'),
                _ => typed[at] = 'q',
            }
            let typed: String = typed.into_iter().collect();
            let found = model.found(&typed, ALL);
            assert!(titles(model, &found).contains(&&*track.song), "{:?} by {typed:?}", track.song);
        }
    }
}

#[test]
fn what_is_found_by_whole_words_is_what_brute_force_finds() {
    let (tracks, model) = invented();
    let words = |text: &str| -> HashSet<String> { text.split(' ').map(str::to_owned).collect() };
    for track in tracks.iter().step_by(29) {
        let typed = words(&track.artist);
        let found: HashSet<u32> = model
            .found(&track.artist, ALL)
            .iter()
            .filter(|hit| hit.matched <= Matched::Words)
            .map(|hit| hit.row)
            .collect();
        let expected: HashSet<u32> = (0..tracks.len() as u32)
            .filter(|row| {
                let track = model.catalog().track(*row);
                let mut both = words(track.song);
                both.extend(words(track.artist));
                typed.is_subset(&both)
            })
            .collect();
        assert_eq!(found, expected, "{:?}", track.artist);
    }
}

#[test]
fn a_smaller_limit_gives_the_beginning_of_a_larger_ones_answer() {
    let (tracks, model) = invented();
    for track in tracks.iter().step_by(97) {
        for typed in [&track.song, &track.song.chars().take(2).collect(), &track.song.replace('a', "e")] {
            let all = model.found(typed, ALL);
            for limit in [0, 1, 3, 10, 50] {
                let some = model.found(typed, limit);
                assert_eq!(some[..], all[..some.len()], "{typed:?}");
                assert!(some.len() == limit.min(all.len()), "{typed:?}: {} of {limit}", some.len());
            }
        }
    }
}

#[test]
fn a_title_ranks_before_words_prefixes_and_typos() {
    let model = songs(
        &[
            ("Dancing Queens", "A"),
            ("Dancing Quean", "B"),
            ("The Queen Is Dancing", "C"),
            ("Dancing Queen - Live", "D"),
            ("Dancing Queen", "Abba"),
        ],
        true,
    );
    let hits = model.found("dancing queen", 10);
    assert_eq!(
        titles(&model, &hits),
        ["Dancing Queen - Live", "Dancing Queen", "The Queen Is Dancing", "Dancing Queens", "Dancing Quean"]
    );
    let matched: Vec<Matched> = hits.iter().map(|hit| hit.matched).collect();
    use Matched::{Prefix, Title, Typos, Words};
    assert_eq!(matched, [Title, Title, Words, Prefix, Typos]);
}

#[test]
fn popularity_breaks_ties_and_a_song_is_there_once() {
    let named = [("Love", "Zed"), ("Love", "Ann"), (" love", "ann"), ("Love", "Bob")];
    let artists = |model: &Model| -> Vec<String> {
        model.found("love", 10).iter().map(|hit| model.catalog().track(hit.row).artist.to_owned()).collect()
    };
    assert_eq!(artists(&songs(&named, true)), ["Zed", "Ann", "Bob"]);
    assert_eq!(artists(&songs(&named, false)).len(), 3);
    assert_eq!(artists(&songs(&named, false))[1..], ["Bob", "Zed"]);
}

#[test]
fn what_people_type_finds_what_they_mean() {
    let model = songs(
        &[
            ("Help!", "The Beatles"),
            ("Halo", "Beyoncé"),
            ("Andante, Andante", "ABBA"),
            ("Never Gonna Give You Up", "Rick Astley"),
            ("Thunderstruck", "AC/DC"),
            ("What's Up?", "4 Non Blondes"),
            ("Just Give Me a Reason", "P!nk;Nate Ruess"),
            ("The Sound of Silence", "Simon & Garfunkel"),
            ("夜に駆ける", "YOASOBI"),
            ("Группа крови", "Кино"),
            ("Royals", "Røyksopp"),
            ("1999", "Prince"),
        ],
        true,
    );
    for (typed, song) in [
        ("betles", "Help!"),
        ("the betle", "Help!"),
        ("beyonce", "Halo"),
        ("BEYONCÉ ha", "Halo"),
        ("andante andante", "Andante, Andante"),
        ("rick astley never", "Never Gonna Give You Up"),
        ("give up astly", "Never Gonna Give You Up"),
        ("ac/dc", "Thunderstruck"),
        ("acdc", "Thunderstruck"),
        ("ac dc thun", "Thunderstruck"),
        ("what's up", "What's Up?"),
        ("whats up", "What's Up?"),
        ("what’s", "What's Up?"),
        ("p!nk", "Just Give Me a Reason"),
        ("pink", "Just Give Me a Reason"),
        ("simon and garfunkel", "The Sound of Silence"),
        ("simon & garfunkel", "The Sound of Silence"),
        ("駆ける", "夜に駆ける"),
        ("группа", "Группа крови"),
        ("royksopp", "Royals"),
        ("thundrstruk", "Thunderstruck"),
        ("199", "1999"),
    ] {
        let hits = model.found(typed, 10);
        assert_eq!(titles(&model, &hits).first(), Some(&song), "{typed:?}");
    }
    assert_eq!(model.found("whats up", 1)[0].matched, Matched::Title);
    for nothing in ["", " ", "?!", "…", "xqzwv"] {
        assert_eq!(model.found(nothing, 10), [], "{nothing:?}");
    }
}

#[test]
fn of_many_words_that_a_typo_may_mean_the_most_frequent_are_found() {
    // 3,136 words two typos away, in one song each, that stand before the right one, which is in three.
    let letters: Vec<char> = ('a'..='z').chain('а'..='э').collect();
    let mut named: Vec<(String, String)> = (1..=3).map(|at| ("ююwonderful".to_owned(), format!("Band {at}"))).collect();
    for first in &letters {
        named.extend(letters.iter().map(|second| (format!("{first}{second}wonderful"), "Nobody".to_owned())));
    }
    let named: Vec<(&str, &str)> = named.iter().map(|(song, artist)| (song.as_str(), artist.as_str())).collect();
    let model = songs(&named, true);
    let found = titles(&model, &model.found("ωωwonderful", 10)).join(", ");
    assert!(found.contains("ююwonderful"), "{found}");
}

#[test]
fn a_misspelt_word_that_is_a_word_too_is_found_where_nothing_else_is() {
    let model = songs(&[("Please Be Careful", "Jose Mari Chan"), ("Maxi", "Somebody"), ("Maximum", "Nobody")], true);
    assert_eq!(titles(&model, &model.found("chzn maxi", 10)), ["Please Be Careful"]);
    assert_eq!(titles(&model, &model.found("maxi", 2)), ["Maxi", "Maximum"], "what is right comes first");
}

#[test]
fn a_catalogue_without_a_single_word_is_searched() {
    let model = songs(&[("???", "!!!"), ("…", "")], true);
    for typed in ["a", "long words with typos"] {
        assert_eq!(model.found(typed, 10), []);
    }
    assert_eq!(titles(&model, &model.found("???", 10)), ["???"]);
}

fn check(model: &Model, typed: &str, limit: usize) {
    let hits = model.found(typed, limit);
    assert!(hits.len() <= limit);
    assert!(hits.is_sorted_by_key(|hit| hit.matched), "{typed:?}: {hits:?}");
    let songs: HashSet<u32> = hits.iter().map(|hit| model.songs().of(hit.row)).collect();
    assert_eq!(songs.len(), hits.len(), "{typed:?}: a song is there twice");
}

proptest! {
    #[test]
    fn any_query_is_answered_in_order_and_without_repeats(typed in any::<String>(), limit in 0..60_usize) {
        check(&invented().1, &typed, limit);
    }

    #[test]
    fn any_mixture_of_syllables_and_signs_is_too(
        parts in prop::collection::vec(prop::sample::select(&["ba", "lo", "véka", "q", " ", "'", "$", "!", "/", ";", "&"][..]), 0..40),
        limit in 0..60_usize,
    ) {
        check(&invented().1, &parts.concat(), limit);
    }
}

#[test]
fn two_letters_that_have_changed_places_are_one_typo() {
    let model = songs(&[("Night Drive", "The Lanterns"), ("Light Years", "Ann")], false);
    for typed in ["nigth drive", "inght drive", "night drvie", "lanterns ngiht"] {
        assert_eq!(titles(&model, &model.found(typed, 5)), ["Night Drive"], "{typed}");
    }
    assert!(model.found("nitgh dirve nothing", 5).is_empty());
}

#[test]
fn the_seeds_of_a_request_share_what_is_spent_on_typos() {
    let syllable = |number: usize| SYLLABLES[number % SYLLABLES.len()];
    let words: Vec<String> =
        (0..100).map(|at| [at, at / 24, at * 5 + 1, at * 11 + 2].map(syllable).concat() + "stern").collect();
    let named: Vec<(&str, &str)> = words.iter().map(|word| (word.as_str(), "Ann")).collect();
    let model = songs(&named, false);
    let misspelt = |word: &String| Seed::Typed(word.replace("stern", "sterm"));
    let found = |seeds: Vec<Seed>| {
        let count = seeds.len();
        let answer =
            model.recommend(&Request { seeds, strict: false, ..Request::new(Seed::Row(0)) }).expect("an answer");
        assert_eq!(answer.seeds.len() + answer.left_out.len(), count);
        answer.seeds.iter().filter_map(|seed| seed.seed.row).collect::<Vec<u32>>()
    };
    let row = |word: &str| (0..100).find(|row| model.catalog().track(*row).song == word).expect("a track");
    // The first are found, the last are not, and one that is spelt right is found behind them.
    let mut seeds: Vec<Seed> = words[1..].iter().map(misspelt).collect();
    seeds.push(Seed::Typed(words[0].clone()));
    let rows = found(seeds);
    assert!((20..90).contains(&rows.len()), "{}", rows.len());
    assert_eq!(rows.first(), Some(&row(&words[1])));
    assert_eq!(rows.last(), Some(&row(&words[0])));
    // One that is asked for again is not looked for again.
    assert_eq!(found(vec![misspelt(&words[7]); 100]), [row(&words[7]); 100]);
}
