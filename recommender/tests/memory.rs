//! A damaged artifact does not cost much memory. One test: the allocator counts for the whole process.

#![allow(missing_docs)]

mod common;

use std::alloc::System;

use cap::Cap;
use common::artifact_builder;
use recommender::artifact::{decode, encode, sections};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// What does not depend on the size of the file: buffers for unpacking, and the 1 MiB that serde reserves at most for a
/// length that it does not trust.
const BUFFERS: usize = 5 << 18;

/// What a section of a mebibyte that does not grow with the catalogue may take.
const SMALL_SECTION: usize = 64 << 20;

#[test]
fn a_damaged_file_allocates_at_most_twice_what_it_says_it_holds() {
    let file = encode(&common::artifact(&common::tracks(40_000, 11), 3, 2)).expect("encodes");
    let table = sections(&file).expect("has sections");
    let declared: usize = table.iter().map(|section| section.uncompressed as usize).sum();
    let whole = artifact_builder::open(&file);
    let mut damaged = Vec::new();
    for at in (0..file.len()).step_by(29_973) {
        let mut flipped = file.clone();
        flipped[at] ^= 0x10;
        damaged.push(flipped);
    }
    for at in 0..whole.len() {
        let mut cut = whole.clone();
        let length = cut[at].content.len();
        for length in [length / 2, length.saturating_sub(1)] {
            cut[at].content.truncate(length);
            damaged.push(artifact_builder::close(&cut));
        }
        // Lengths that promise more than there is: bytes that begin a length of four or eight bytes.
        for (byte, begins) in [(0, 252), (0, 253), (1, 253), (2, 252)] {
            let mut long = whole.clone();
            if let Some(place) = long[at].content.get_mut(byte) {
                *place = begins;
                damaged.push(artifact_builder::close(&long));
            }
        }
    }
    let bound = 2 * declared + BUFFERS;
    let mut refused = 0;
    let forge = |name: &str, start: &[u8], bytes: usize| {
        let mut forged = whole.clone();
        let section = forged.iter_mut().find(|section| section.name == name).expect("there");
        // A length that takes four bytes, and as many elements of a byte or a few.
        section.content = [start, &[252], &(1_u32 << 28).to_le_bytes(), &vec![0; bytes]].concat();
        artifact_builder::close(&forged)
    };
    // A cluster without anything, and its genres; the layers of a graph.
    let forged = [forge("clusters", &[1, 0, 0, 0, 0, 0, 0], (1 << 20) - 12), forge("graph-0", &[], 1 << 26)];
    for (file, bound) in forged.iter().zip([SMALL_SECTION, (1 << 26) + BUFFERS]) {
        ALLOCATOR.set_limit(ALLOCATOR.allocated() + declared + bound).expect("a limit above what is allocated");
        assert!(decode(file).is_err());
        ALLOCATOR.set_limit(usize::MAX).expect("no limit");
    }
    for file in &damaged {
        // Beyond the limit an allocation fails, which ends the process: the test fails, if not gently.
        ALLOCATOR.set_limit(ALLOCATOR.allocated() + bound).expect("a limit above what is allocated");
        refused += usize::from(decode(file).is_err());
        ALLOCATOR.set_limit(usize::MAX).expect("no limit");
    }
    assert!(refused > damaged.len() / 2, "{refused} of {} were refused", damaged.len());
}
