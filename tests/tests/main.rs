//! One binary: each file is a module here, and what they all link is linked once.

#![allow(missing_docs)]

mod affinity;
mod alarms;
mod attacks;
mod attributes;
mod checked;
mod classify;
mod clusters;
#[cfg(unix)]
mod commands;
mod compat;
mod demo;
mod faults;
mod features;
mod function;
mod guard;
mod headers;
mod http;
mod hybrid;
mod image;
mod lifecycle;
mod limits;
mod lookups;
mod method;
mod missing_model;
mod modules;
mod openapi;
mod operations;
mod page;
mod quality;
mod readme;
mod recommendations;
mod report;
mod seeds;
mod sequences;
mod several;
mod skips;
mod spotify;
mod store;
mod swap;
mod tables;
mod template;
mod train;
mod trainer;
mod workflow;

#[test]
fn no_file_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let line = format!("\nmod {name};\n");
        assert!(name == "main" || include_str!("main.rs").contains(&line), "main.rs lacks{line}");
    }
}
