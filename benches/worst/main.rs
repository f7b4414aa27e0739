//! The worst that one request can take: combinations of everything that a request may hold.
//!
//! `cargo bench -p benches --bench worst`, with options after `--`:
//!
//! | option | default | |
//! |---|---|---|
//! | `--catalogs` | `265k,60-artists,hostile` | catalogues to ask |
//! | `--seconds` | 60 | how long each is asked |
//! | `--seed` | 1 | of what is tried at random |
//! | `--only` | | one question, as it is printed, and nothing else |
//! | `--times` | 20 | how often, with `--only` |
//!
//! There are too many combinations to try them all. First come some in which every two levels of any two factors (see
//! `factors.rs`) are together at least once. Then, until the time is up, it is one at random and one that differs in one factor
//! from one of the worst so far, turn about. As many seeds, negative seeds and tracks as a request takes; a thousand excluded
//! artists, of which HTTP takes a hundred. Then a thousand classifications in one request, and texts to search for.
//!
//! Each is asked on a thread of its own: processor time is that of the process, memory what was allocated at once at most,
//! beside the model. The worst by time are asked twice more, and the best of the three counts. Ten of each are printed that are
//! not much alike, and asked again through the function's own routes, with JSON both ways and a compressed answer.
//! `target/segue/bench/worst.json` has their bodies. The goals are told, and nothing fails.

mod factors;
mod function;
mod measure;
mod question;
mod world;

use std::{
    cmp::Reverse,
    fs,
    time::{Duration, Instant},
};

use anyhow::Context;
use benches::{
    build,
    catalog::{self, Catalog, FEW_ARTISTS, HOSTILE},
    latency, machine,
};
use clap::Parser;
use peak_alloc::PeakAlloc;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use recommender::{Model, Version};
use serde_json::{Value, json};

use crate::{
    factors::{Combination, pairwise},
    function::Function,
    measure::{Cost, measure},
    question::Question,
    world::World,
};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// How many are printed.
const WORST: usize = 10;
/// How many texts are.
const WORST_TEXTS: usize = 3;
/// So many times as many are asked again.
const ASKED_AGAIN: usize = 5;
/// Different seeds that are tried.
const PICKS: u64 = 64;
/// The longest text that can be typed, in characters.
const LONGEST_TEXT: usize = 256;
/// The most processor time that a request may take.
const TIME_GOAL: Duration = Duration::from_millis(100);
/// The most memory that a request may take, in bytes.
const MEMORY_GOAL: usize = 16_000_000;

#[derive(Debug, Parser)]
struct Options {
    /// Catalogues to ask: 39k, 265k, 1m, 60-artists, hostile
    #[arg(long, value_delimiter = ',', default_values = ["265k", FEW_ARTISTS, HOSTILE])]
    catalogs: Vec<String>,
    /// How long each is asked
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Of what is tried at random
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One question, as it is printed, and nothing else
    #[arg(long)]
    only: Option<String>,
    /// How often, with --only
    #[arg(long, default_value_t = 20, requires = "only")]
    times: u32,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// A question and what it took.
#[derive(Clone, Debug)]
struct Asked {
    question: Question,
    cost: Cost,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let machine = machine::describe();
    println!("{}", machine::line(&machine));
    let mut found = Vec::new();
    let mut verdicts = Vec::new();
    for name in catalog::named(&options.catalogs)? {
        let Some(catalog) = Catalog::ready(name)? else { continue };
        let file = fs::read(&catalog.artifact)?;
        let model = Model::from_bytes(&file, Version::of(&file))?;
        println!("\n{name}: {} tracks in {} clusters", model.catalog().len(), model.clusters().len());
        warm(&model)?;
        let world = World::new(&model);
        if let Some(only) = &options.only {
            repeat(&world, &Question::parse(only)?, options.times)?;
            continue;
        }
        let [by_time, by_memory] = worst(&world, ask_all(&world, &options)?, WORST)?;
        let [texts_by_time, texts_by_memory] = worst(&world, ask_texts(&world)?, WORST_TEXTS)?;
        let function = Function::load(file)?;
        let print = |heading: &str, asked: &[Asked]| print(heading, asked, &world, &function);
        let mut by_time = print("worst recommendations by processor time", &by_time)?;
        let mut by_memory = print("worst recommendations by memory", &by_memory)?;
        let classify = [ask(&world, Question::Classify)?];
        by_time.extend(print("a thousand classifications", &classify)?);
        by_time.extend(print("worst texts by processor time", &texts_by_time)?);
        by_memory.extend(print("worst texts by memory", &texts_by_memory)?);
        verdicts.push(verdict(name, &by_time, &by_memory));
        let json = |told: Vec<Told>| told.into_iter().map(|told| told.json).collect::<Vec<Value>>();
        found.push(json!({ "catalog": name, "by_time": json(by_time), "by_memory": json(by_memory) }));
    }
    if options.only.is_none() {
        let path = build::results()?.join("worst.json");
        let results = json!({ "machine": machine, "seed": options.seed, "catalogs": found });
        trainer::output::write(&path, &serde_json::to_vec_pretty(&results)?)?;
        println!("\nthe bodies are in {}", path.display());
        verdicts.iter().for_each(|verdict| println!("{verdict}"));
    }
    Ok(())
}

/// Has the model make what it makes once and keeps.
fn warm(model: &Model) -> anyhow::Result<()> {
    let world_of_one = Combination::parse("exclude_seed_artists=true max_per_artist=1")?;
    let ready = Question::Recommend(world_of_one).ready(&World::new(model))?;
    measure(|| ready.ask(model)).1?;
    Ok(())
}

fn ask(world: &World<'_>, question: Question) -> anyhow::Result<Asked> {
    let ready = question.ready(world)?;
    let (cost, answered) = measure(|| ready.ask(world.model));
    answered.with_context(|| format!("no answer to {question}"))?;
    Ok(Asked { question, cost })
}

/// Everything that is tried.
fn ask_all(world: &World<'_>, options: &Options) -> anyhow::Result<Vec<Asked>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut asked = Vec::new();
    for combination in pairwise(&mut rng, PICKS) {
        asked.push(ask(world, Question::Recommend(combination))?);
    }
    let pairs = asked.len();
    let (mut by_time, mut by_memory): (Leaders, Leaders) = Default::default();
    for one in &asked {
        by_time.add(one, one.cost.cpu.as_nanos() as u64);
        by_memory.add(one, one.cost.bytes as u64);
    }
    while Instant::now() < end {
        let leaders = if rng.gen_bool(0.5) { &by_time } else { &by_memory };
        let combination = match leaders.any(&mut rng) {
            Some(leader) if rng.gen_bool(0.5) => leader.changed(&mut rng, PICKS),
            _ => Combination::random(&mut rng, PICKS),
        };
        let one = ask(world, Question::Recommend(combination))?;
        by_time.add(&one, one.cost.cpu.as_nanos() as u64);
        by_memory.add(&one, one.cost.bytes as u64);
        asked.push(one);
    }
    println!(
        "{} of {} combinations: {pairs} for every pair of levels, the others with seed {}",
        asked.len(),
        Combination::count(),
        options.seed
    );
    let mut middle: Vec<f64> = asked.iter().map(|one| one.cost.milliseconds()).collect();
    middle.sort_by(f64::total_cmp);
    println!("processor time of the middle one: {:.2} ms", middle[middle.len() / 2]);

    Ok(asked)
}

/// Texts to search for.
fn ask_texts(world: &World<'_>) -> anyhow::Result<Vec<Asked>> {
    world.texts(LONGEST_TEXT).into_iter().map(|text| ask(world, Question::Text(text))).collect()
}

/// The combinations that have been worst so far.
#[derive(Default)]
struct Leaders(Vec<(u64, Combination)>);

impl Leaders {
    fn add(&mut self, asked: &Asked, cost: u64) {
        if let Question::Recommend(combination) = asked.question
            && self.0.iter().all(|(_, other)| *other != combination)
        {
            self.0.push((cost, combination));
            self.0.sort_unstable_by_key(|(cost, _)| Reverse(*cost));
            self.0.truncate(WORST);
        }
    }

    fn any(&self, rng: &mut impl Rng) -> Option<Combination> {
        let at = rng.gen_range(0..self.0.len().max(1));
        self.0.get(at).map(|(_, combination)| *combination)
    }
}

/// The worst by time, each the best of three, and the worst by memory; none is much like a worse one.
fn worst(world: &World<'_>, mut asked: Vec<Asked>, count: usize) -> anyhow::Result<[Vec<Asked>; 2]> {
    let different = |asked: &[Asked]| {
        let mut found: Vec<Asked> = Vec::new();
        for one in asked {
            if found.len() < count && found.iter().all(|other| !one.question.is_like(&other.question)) {
                found.push(one.clone());
            }
        }
        found
    };
    asked.sort_by_key(|one| Reverse(one.cost.cpu));
    let suspects = asked.len().min(ASKED_AGAIN * count);
    for one in &mut asked[..suspects] {
        for _ in 0..2 {
            one.cost.cpu = one.cost.cpu.min(ask(world, one.question.clone())?.cost.cpu);
        }
    }
    asked[..suspects].sort_by_key(|one| Reverse(one.cost.cpu));
    let by_time = different(&asked);
    asked.sort_by_key(|one| Reverse(one.cost.bytes));
    Ok([by_time, different(&asked)])
}

/// A question that was told of.
struct Told {
    engine: Cost,
    function: Cost,
    json: Value,
}

/// Prints some questions, with what the function takes to answer them: the better of two.
fn print(heading: &str, asked: &[Asked], world: &World<'_>, function: &Function) -> anyhow::Result<Vec<Told>> {
    println!("\n{heading}");
    let mut told = Vec::new();
    for (place, Asked { question, cost }) in asked.iter().enumerate() {
        let (path, body) = question.ready(world)?.http(world.model)?;
        let first = function.ask(&path, body.as_ref())?;
        let mut answered = function.ask(&path, body.as_ref())?;
        answered.cost.cpu = answered.cost.cpu.min(first.cost.cpu);
        let figures = |cost: Cost| format!("{:>6.1} ms {:>6.2} MB", cost.milliseconds(), cost.megabytes());
        println!(
            "{:>2}  engine {}, function {}, status {}, answer {:.1} kB\n    {question}",
            place + 1,
            figures(*cost),
            figures(answered.cost),
            answered.status.as_u16(),
            answered.bytes as f64 / 1e3
        );
        let json = |cost: Cost| json!({ "cpu_ms": cost.milliseconds(), "bytes": cost.bytes });
        let json = json!({
            "question": question.to_string(),
            "engine": json(*cost),
            "function": json(answered.cost),
            "status": answered.status.as_u16(),
            "path": path,
            "body": body,
        });
        told.push(Told { engine: *cost, function: answered.cost, json });
    }
    Ok(told)
}

/// The worst of a catalogue, against the goals. Only the first few had their time measured more than once.
fn verdict(name: &str, by_time: &[Told], by_memory: &[Told]) -> String {
    let word = |reached: bool| if reached { "goal reached" } else { "goal missed" };
    let most = |cost: fn(&Told) -> Cost| {
        let cpu = by_time.iter().map(|told| cost(told).cpu).max().unwrap_or_default();
        let bytes = by_time.iter().chain(by_memory).map(|told| cost(told).bytes).max().unwrap_or_default();
        let cost = Cost { cpu, bytes };
        let (time, memory) = (word(cpu <= TIME_GOAL), word(bytes <= MEMORY_GOAL));
        format!("{:.1} ms ({time}), {:.2} MB ({memory})", cost.milliseconds(), cost.megabytes())
    };
    format!(
        "{name}: worst in the engine {}; in the function {}; the goals are {} ms and {} MB",
        most(|told| told.engine),
        most(|told| told.function),
        TIME_GOAL.as_millis(),
        MEMORY_GOAL / 1_000_000
    )
}

/// Asks one question again and again.
fn repeat(world: &World<'_>, question: &Question, times: u32) -> anyhow::Result<()> {
    let ready = question.ready(world)?;
    let mut all = Vec::new();
    let mut bytes = 0;
    for _ in 0..times {
        let (cost, answered) = measure(|| ready.ask(world.model));
        answered?;
        all.push((cost.cpu, question.to_string()));
        bytes = bytes.max(cost.bytes);
    }
    latency::report("processor time", &mut all);
    println!("memory {:.2} MB", bytes as f64 / 1e6);
    let (path, body) = ready.http(world.model)?;
    println!("{path} {}", body.unwrap_or_default());
    Ok(())
}
