//! Bytes that are not an artifact: a precise error each, never a panic.

#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod graphs;

use common::artifact_builder;
use recommender::{
    Model, Version,
    affinity::AffinityWeights,
    artifact::{Artifact, Error, MAGIC, bytes, encode, sections},
    catalog::attributes::{Attribute, Attributes},
    clusters::Cluster,
    column::IntColumn,
    companions::{CompanionTable, Companions},
    recommend::{Affinity, Request, Seed},
};

fn small() -> (Artifact, Vec<u8>) {
    let artifact = common::artifact(&common::tracks(60, 3), 2, 1);
    let file = encode(&artifact).expect("encodes");
    (artifact, file)
}

fn open(file: &[u8]) -> Result<Model, Error> {
    Model::from_bytes(file, Version::of(file))
}

fn refused(file: &[u8]) -> Error {
    match open(file) {
        Ok(_) => panic!("the file was taken"),
        Err(error) => error,
    }
}

#[test]
fn every_flipped_byte_is_an_error() {
    let (_, mut file) = small();
    for at in 0..file.len() {
        file[at] ^= 0x20;
        refused(&file);
        file[at] ^= 0x20;
    }
    assert!(open(&file).is_ok());
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    let (_, file) = small();
    for length in 0..file.len() {
        match refused(&file[..length]) {
            Error::Bytes(bytes::Error::Magic { .. }) if length < 8 => {}
            Error::Bytes(bytes::Error::CutShort { got, .. } | bytes::Error::Length { got, .. }) if length >= 8 => {
                assert_eq!(got, length as u64);
            }
            other => panic!("{length}: {other}"),
        }
    }
}

#[test]
fn a_changed_section_is_named() {
    let (_, file) = small();
    for section in sections(&file).expect("has sections") {
        let mut file = file.clone();
        file[section.offset as usize] ^= 1;
        match refused(&file) {
            Error::Bytes(bytes::Error::Checksum { section: named, .. }) => {
                assert_eq!(named, section.section.to_string())
            }
            other => panic!("{}: {other}", section.section),
        }
    }
}

#[test]
fn another_format_version_says_which_is_read() {
    let (_, mut file) = small();
    file[8] = 99;
    assert!(matches!(refused(&file), Error::Bytes(bytes::Error::FormatVersion { got: 99, .. })));
}

#[test]
fn other_files_are_not_artifacts() {
    for file in [&b""[..], b"SEGUE", b"\x1f\x8b\x08\x00", b"artist,song\n", &MAGIC] {
        refused(file);
    }
}

#[test]
fn bytes_behind_the_last_section_are_an_error() {
    let (_, mut file) = small();
    file.push(0);
    assert!(matches!(refused(&file), Error::Bytes(bytes::Error::Length { .. })));
}

/// An artifact with right checksums and wrong values.
fn forged(change: impl FnOnce(&mut Artifact)) -> Error {
    let (mut artifact, _) = small();
    change(&mut artifact);
    refused(&encode(&artifact).expect("encodes"))
}

/// The section that an error names.
fn invalid(error: Error) -> String {
    match error {
        Error::Invalid { section, .. } | Error::Encoding { section, .. } => section.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn lists_that_take_many_times_their_bytes_are_refused() {
    let (_, file) = small();
    let with = |name: &str, content: Vec<u8>| {
        let mut sections = artifact_builder::open(&file);
        let section = sections.iter_mut().find(|section| section.name == name).expect("there");
        section.content = content;
        section.encoding = artifact_builder::Encoding::Zstd;
        refused(&artifact_builder::close(&sections))
    };
    // Empty strings, lists and layers are a byte or a few each.
    for name in ["card", "scaler", "clusters", "bayes", "projection"] {
        let error = with(name, vec![0; (1 << 20) + 1]);
        assert!(error.to_string().contains("at most 1048576"), "{error}");
        assert_eq!(invalid(error), name);
    }
    assert_eq!(invalid(with("graph-0", [vec![252, 0, 0, 16, 0], vec![0; 1 << 23]].concat())), "graph-0");
}

#[test]
fn clusters_with_holes_are_refused() {
    let change = |change: fn(&mut Cluster)| invalid(forged(|artifact| change(&mut artifact.clusters[1])));
    assert_eq!(change(|cluster| cluster.rows.start += 1), "clusters");
    assert_eq!(change(|cluster| cluster.rows.end = u32::MAX), "clusters");
    assert_eq!(change(|cluster| cluster.means.clear()), "clusters");
    assert_eq!(change(|cluster| cluster.central = vec![0]), "clusters");
}

#[test]
fn a_scaler_that_divides_by_nothing_is_refused() {
    assert_eq!(invalid(forged(|artifact| artifact.scaler.deviation[0] = f64::NAN)), "scaler");
    assert_eq!(invalid(forged(|artifact| artifact.bayes.variances[0][0] = 0.0)), "bayes");
}

#[test]
fn a_projection_of_other_features_or_of_no_numbers_is_refused() {
    let change = |change: fn(&mut [Vec<f64>; 2])| invalid(forged(|artifact| change(&mut artifact.projection.axes)));
    assert_eq!(change(|axes| axes[1].push(0.0)), "projection");
    assert_eq!(change(|axes| axes[0].clear()), "projection");
    assert_eq!(change(|axes| axes[0][1] = f64::NAN), "projection");
    assert_eq!(change(|axes| axes[1][0] = f64::INFINITY), "projection");
}

/// What `verify` says of an artifact that is read without complaint.
fn unverified(file: &[u8]) -> String {
    invalid(open(file).expect("is read").verify().expect_err("does not hold"))
}

#[test]
fn distinct_values_that_do_not_ascend_are_found_by_verify() {
    let (_, file) = small();
    let mut sections = artifact_builder::open(&file);
    let feature = sections.iter_mut().find(|section| section.name == "feature-0").expect("a feature");
    // Their number of bytes, as bincode writes one from 251 to 65,535, and then the first byte of each, the second of each...
    assert_eq!(feature.content[0], 251);
    let bytes = usize::from(u16::from_le_bytes([feature.content[1], feature.content[2]]));
    for plane in feature.content[3..3 + bytes].chunks_mut(bytes / 8) {
        plane.swap(0, 1);
    }
    assert_eq!(unverified(&artifact_builder::close(&sections)), "feature-0");
}

#[test]
fn a_version_of_a_song_that_is_none_is_refused_and_one_of_another_song_is_found_by_verify() {
    let (_, file) = small();
    // The last byte of the titles is how far before the last version the first one of its song stands.
    let with_last = |byte: u8| {
        let mut sections = artifact_builder::open(&file);
        let titles = sections.iter_mut().find(|section| section.name == "titles").expect("the titles");
        assert_eq!(titles.content.pop(), Some(0));
        titles.content.push(byte);
        artifact_builder::close(&sections)
    };
    assert_eq!(invalid(refused(&with_last(255))), "titles");
    assert_eq!(unverified(&with_last(1)), "titles");
}

#[test]
fn what_is_read_back_is_held_against_what_was_made() {
    let (artifact, file) = small();
    let other = common::artifact(&common::tracks(61, 3), 2, 1);
    let verified = |titles: &Artifact, index: Option<&Artifact>| {
        let index = index.and_then(|artifact| artifact.text_search.clone());
        Model::read_back(&file, titles.titles.clone(), index).map(drop)
    };
    assert!(artifact.text_search.is_some() && verified(&artifact, Some(&artifact)).is_ok());
    assert_eq!(invalid(verified(&other, Some(&artifact)).expect_err("other titles")), "titles");
    for index in [Some(&other), None] {
        assert_eq!(invalid(verified(&artifact, index).expect_err("another index")), "text-search");
    }
}

#[test]
fn a_card_of_another_model_is_found_by_verify() {
    let change = |change: fn(&mut recommender::card::Card)| {
        let (mut artifact, _) = small();
        change(&mut artifact.card);
        unverified(&encode(&artifact).expect("encodes"))
    };
    assert_eq!(change(|card| card.tracks += 1), "card");
    assert_eq!(change(|card| card.k += 1), "card");
    assert_eq!(change(|card| card.features[0].mean += 1.0), "card");
    assert_eq!(change(|card| card.features[1].name.push('x')), "card");
    assert_eq!(change(|card| card.clusters[1].size += 1), "card");
    assert_eq!(change(|card| card.clusters[0].name.push('x')), "card");
    assert_eq!(change(|card| card.clusters.truncate(1)), "card");
    assert_eq!(change(|card| *card.clusters[0].means.values_mut().next().expect("a mean") += 1.0), "card");
}

#[test]
fn columns_of_different_length_are_refused() {
    assert_eq!(invalid(forged(|artifact| artifact.catalog.years = Some(IntColumn::new(&[1])))), "attributes");
    let key = |codes: &'static [u32]| {
        forged(|artifact| {
            artifact.catalog.attributes =
                Attributes::new(|attribute| (attribute == Attribute::Key).then(|| IntColumn::new(codes)));
        })
    };
    assert_eq!(invalid(key(&[1])), "attributes");
    assert_eq!(invalid(forged(|artifact| artifact.catalog.explicit = Some(IntColumn::new(&[3; 60])))), "attributes");
    assert_eq!(invalid(key(&[13; 60])), "attributes");
    assert_eq!(invalid(forged(|artifact| artifact.catalog.features[1] = [1.0].into_iter().collect())), "feature-1");
    assert_eq!(invalid(forged(|artifact| artifact.catalog.features.truncate(2))), "scaler");
    assert_eq!(invalid(forged(|artifact| artifact.catalog.ids = ["one"].into_iter().collect())), "ids");
}

#[test]
fn a_section_that_ends_early_is_named_wherever_it_ends() {
    let (_, file) = small();
    let sections = artifact_builder::open(&file);
    assert!(open(&artifact_builder::close(&sections)).is_ok());
    for at in 0..sections.len() {
        let whole = sections[at].content.len();
        for length in 0..whole {
            let mut sections = sections.clone();
            sections[at].content.truncate(length);
            let error = refused(&artifact_builder::close(&sections));
            assert_eq!(invalid(error), sections[at].name, "{length} of {whole} bytes");
        }
    }
}

#[test]
fn no_byte_of_a_section_can_make_a_panic() {
    // Checksums are right: what is found is found by looking at the values. Some changes, to a title or a feature's
    // value, make another artifact that is as good.
    let (_, file) = small();
    let mut sections = artifact_builder::open(&file);
    let mut refused = 0;
    for at in 0..sections.len() {
        for byte in 0..sections[at].content.len() {
            for flip in [0x01, 0x80, 0xff] {
                sections[at].content[byte] ^= flip;
                match open(&artifact_builder::close(&sections)) {
                    Ok(model) => drop(model.verify()),
                    Err(error) => {
                        refused += 1;
                        assert!(!error.to_string().is_empty());
                    }
                }
                sections[at].content[byte] ^= flip;
            }
        }
    }
    assert!(refused > 1_000, "only {refused} changes were found");
}

#[test]
fn missing_and_unknown_sections_are_named() {
    let (_, file) = small();
    let sections = artifact_builder::open(&file);
    for at in 0..sections.len() {
        // Without the last of these, what is left is numbered without a hole, and does not fit the others.
        if ["feature-2", "graph-1"].contains(&sections[at].name.as_str()) {
            continue;
        }
        let mut fewer = sections.clone();
        let gone = fewer.remove(at).name;
        match refused(&artifact_builder::close(&fewer)) {
            Error::Missing { section } => assert_eq!(section.to_string(), gone),
            other => panic!("{gone}: {other}"),
        }
    }
    let mut more = sections.clone();
    more.push(artifact_builder::RawSection { name: "lyrics".into(), ..sections[0].clone() });
    assert!(refused(&artifact_builder::close(&more)).to_string().contains("lyrics"));
}

#[test]
fn artifacts_of_older_formats_are_refused_with_what_to_do() {
    for (version, file) in [
        (1, &include_bytes!("../golden/format-1.segue")[..]),
        (2, include_bytes!("../golden/format-2.segue")),
        (3, include_bytes!("../golden/format-3.segue")),
        (4, include_bytes!("../golden/format-4.segue")),
        (5, include_bytes!("../golden/format-5.segue")),
        (6, include_bytes!("../golden/format-6.segue")),
    ] {
        let error = refused(file);
        assert!(matches!(error, Error::Bytes(bytes::Error::FormatVersion { got, .. }) if got == version), "{error}");
        assert!(error.to_string().contains("train again"), "{error}");
    }
}

#[test]
fn sections_that_would_take_gigabytes_are_refused_before_one_is_unpacked() {
    const GIB: u64 = 1 << 30;
    let (_, file) = small();
    let mut sections = artifact_builder::open(&file);
    // Zeros of a kilobyte, packed, that are said to be a gibibyte: none is unpacked, or the error would be another one.
    for section in &mut sections {
        section.content = zstd::bulk::compress(&[0; 1 << 10], 3).expect("compresses");
        section.encoding = artifact_builder::Encoding::Claimed(GIB / 16);
    }
    let count = sections.len() as u64;
    assert!(count > 16, "{count} sections");
    let expected = bytes::HeaderError::UnpackedBytes { limit: GIB, got: GIB / 16 * count };
    let file = artifact_builder::close(&sections);
    match refused(&file) {
        Error::Bytes(bytes::Error::Header(error)) => assert_eq!(error, expected),
        other => panic!("{other}"),
    }
    assert!(recommender::artifact::card(&file).is_err());
    assert!(recommender::artifact::sections(&file).is_err());
}

/// An artifact with these companions.
fn with_companions(artists: CompanionTable, tracks: CompanionTable) -> Error {
    forged(|artifact| artifact.companions = Some(Box::new(Companions { artists, tracks })))
}

#[test]
fn companions_that_are_no_tracks_are_refused() {
    let table = |key, companion| CompanionTable::new([(key, vec![(companion, 0.5)])]);
    let none = CompanionTable::default;
    assert_eq!(invalid(with_companions(none(), table(1_000, 0))), "companions");
    assert_eq!(invalid(with_companions(none(), table(0, 60))), "companions");
    let unordered = CompanionTable::new([(3, vec![(1, 0.5)]), (2, vec![(1, 0.5)])]);
    assert_eq!(invalid(with_companions(unordered, none())), "companions");
}

/// Artists are told apart when they are first needed: until then those that do not exist are companions of nobody.
#[test]
fn companions_that_are_no_artists_are_found_by_verify_and_break_no_answer() {
    let (mut artifact, _) = small();
    let artists = CompanionTable::new((0..100).map(|artist| (artist, vec![(artist + 1_000, 1.0)])));
    artifact.companions = Some(Box::new(Companions { artists, tracks: CompanionTable::default() }));
    let model = open(&encode(&artifact).expect("encodes")).expect("opens");
    let request = Request {
        affinity: Some(Affinity::Weights(AffinityWeights { playlists: Some(1.0), ..Default::default() })),
        ..Request::new(Seed::Row(0))
    };
    assert_eq!(model.recommend(&request).expect("answers").tracks.len(), 10);
    assert_eq!(invalid(model.verify().expect_err("no such artists")), "companions");
}

#[test]
fn weights_out_of_range_are_refused() {
    for weight in [-1.0, 11.0] {
        assert_eq!(invalid(forged(|artifact| artifact.card.balanced.year = Some(weight))), "card");
    }
}
