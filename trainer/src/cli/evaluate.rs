//! `trainer evaluate`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use recommender::{Model, affinity::AffinityKind, features::Feature};
use serde::Serialize;

use crate::{
    affinity::{self, Affinities, FOLDS},
    console::Console,
    evaluation::{self, Continuation, Options, Playlists, Quality},
    input::Input,
    progress::Progress,
    report::evaluation::{affinities, continuation, quality},
    table::{self, Table},
    training,
};

#[derive(Debug, clap::Args)]
pub(super) struct Evaluate {
    /// The artifact
    file: PathBuf,
    /// A table with playlists, .csv or .csv.gz (columns playlist_id, and track_id or title and artist): half of each
    /// playlist is hidden and looked for
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// Compare with a model of the same tracks, features, k and seed in which every feature has the weight 1. --data is
    /// the table that the artifact was trained on, with or without playlists
    #[arg(long, requires = "data")]
    compare: bool,
    /// How many songs, and at most how many playlists, to measure on
    #[arg(long, default_value_t = Options::default().sample as u32, value_parser = clap::value_parser!(u32).range(1..))]
    sample: u32,
    /// The same seed draws the same songs. With --compare, the seed of the training
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Evaluated {
    version: recommender::Version,
    tracks: usize,
    seed: u64,
    #[serde(flatten)]
    measured: Measured,
    /// What affinities bring to the continuation of the playlists.
    #[serde(skip_serializing_if = "Option::is_none")]
    affinities: Option<Affinities>,
    /// The same of the model without weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    unweighted: Option<Measured>,
}

/// What is measured of a model.
#[derive(Serialize)]
struct Measured {
    recommendations: Quality,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlists: Option<Continuation>,
}

impl Evaluate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut model = Model::open(&self.file)?;
        let console = Console::new();
        // Read first: a table that does not fit is said before anybody waits.
        let table = match &self.data {
            Some(path) if self.compare => Some(self.table_of(&model, path, &console)?),
            _ => None,
        };
        // A table that is compared with need not have playlists.
        let lists = self.data.as_deref().filter(|_| table.as_ref().is_none_or(|table| table.playlists.is_some()));
        let measured = self.measure(&model, lists, &console)?;
        let unweighted = match table {
            Some(table) => {
                let options = training::Options { k: model.card().k, seed: self.seed, ..Default::default() };
                let stage = console.stage("compare", 0);
                let unweighted = training::unweighted(table, &options)?;
                stage.done("a model in which every feature has the weight 1");
                self.ensure_same_values(&model, &unweighted)?;
                Some(self.measure(&unweighted, lists, &console)?)
            }
            None => None,
        };

        let affinities = match lists {
            Some(path) => self.affinities(&mut model, path, &console)?,
            None => None,
        };
        if self.json {
            let (version, tracks) = (model.version(), model.catalog().len());
            let evaluated = Evaluated { version, tracks, seed: self.seed, measured, affinities, unweighted };
            println!("{}", serde_json::to_string_pretty(&evaluated)?);
            return Ok(());
        }
        print!("{}", quality(&measured.recommendations, unweighted.as_ref().map(|found| &found.recommendations)));
        if let Some(playlists) = &measured.playlists {
            print!("\n{}", continuation(playlists, unweighted.as_ref().and_then(|found| found.playlists.as_ref())));
        }
        if let Some(found) = &affinities {
            print!("\n{}", self::affinities(found, &model.card().balanced));
        }
        Ok(())
    }

    /// What each affinity that counts in this model brings, by cross-validation on the playlists of a file.
    fn affinities(
        &self,
        model: &mut Model,
        path: &Path,
        progress: &dyn Progress,
    ) -> anyhow::Result<Option<Affinities>> {
        let stage = progress.stage("affinities", FOLDS as u64);
        let mut playlists = Playlists::default();
        table::open_playlists(path, &mut |_| (), &mut |entry| playlists.add(model, entry))?;
        let lists = playlists.songs(model);
        let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        // An affinity that the training left out, such as genres that name the playlists, is left out here too.
        let balanced = model.card().balanced;
        let is_counted = |kind: &AffinityKind| *kind == AffinityKind::Playlists || balanced.get(*kind).is_some();
        let kinds: Vec<AffinityKind> = AffinityKind::ALL.into_iter().filter(is_counted).collect();
        let found = affinity::measure(model, &lists, &kinds, self.seed, &|done| stage.set(done))?;
        stage.done(found.as_ref().map_or("too few playlists", |_| "measured"));
        Ok(found)
    }

    /// The table that a model was trained on, to train its counterpart on.
    fn table_of(&self, model: &Model, path: &Path, progress: &dyn Progress) -> anyhow::Result<Table> {
        let (artifact, name) = (self.file.display(), path.display());
        if model.scaler().weights.iter().all(|weight| *weight == 1.0) {
            bail!("every feature of {artifact} has the weight 1: --compare is for models trained with --weights");
        }
        let features: Result<Vec<Feature>, _> = model.scaler().features.iter().map(|feature| feature.parse()).collect();
        let features = features.with_context(|| format!("{artifact} cannot be trained again"))?;
        let options = table::Options { features: Some(features), ..Default::default() };
        let table = Input::File(path.to_owned()).table(&options, progress)?;
        let (got, expected) = (table.n_tracks(), model.catalog().len());
        ensure!(
            got == expected && (0..got).all(|row| model.find_id(table.ids.get(row)).is_some()),
            "{name} has {got} tracks that are not the {expected} of {artifact}: --compare needs the table that it was \
             trained on"
        );
        Ok(table)
    }

    /// The same tracks may have other values, as in a file that was edited since the training.
    fn ensure_same_values(&self, model: &Model, unweighted: &Model) -> anyhow::Result<()> {
        let (expected, got) = (model.scaler(), unweighted.scaler());
        for (index, feature) in expected.features.iter().enumerate() {
            let (expected, got) =
                ((expected.mean[index], expected.deviation[index]), (got.mean[index], got.deviation[index]));
            // Rows in another order are summed in another order.
            let tolerance = 1e-9 * (expected.0.abs() + expected.1);
            ensure!(
                (expected.0 - got.0).abs() <= tolerance && (expected.1 - got.1).abs() <= tolerance,
                "the values of {feature} are not those that {} was trained on: expected the mean {} and the standard \
                 deviation {}, got {} and {}; --compare needs the table that it was trained on",
                self.file.display(),
                expected.0,
                expected.1,
                got.0,
                got.1
            );
        }
        Ok(())
    }

    /// Measures a model, on the playlists of a file too where there is one.
    fn measure(&self, model: &Model, lists: Option<&Path>, progress: &dyn Progress) -> anyhow::Result<Measured> {
        let options = Options { sample: self.sample as usize, seed: self.seed, ..Default::default() };
        let playlists = match lists {
            Some(path) => Some(continued(model, path, &options, progress)?),
            None => None,
        };
        let stage = progress.stage("songs", 2 * u64::from(self.sample).min(model.songs().count().into()));
        let recommendations = evaluation::measure(model, &options, &|done| stage.set(done))?;
        stage.done(&format!("{} begun from", recommendations.songs));
        Ok(Measured { recommendations, playlists })
    }
}

/// How well a model continues the playlists of a file.
fn continued(model: &Model, path: &Path, options: &Options, progress: &dyn Progress) -> anyhow::Result<Continuation> {
    let stage = progress.stage("read", std::fs::metadata(path).map_or(0, |file| file.len()));
    let mut playlists = Playlists::default();
    let rows =
        table::open_playlists(path, &mut |position| stage.set(position), &mut |entry| playlists.add(model, entry))?;
    stage.done(&format!("{rows} rows"));
    let stage = progress.stage("playlists", playlists.len().min(options.sample) as u64);
    let name = path.display().to_string();
    let found = evaluation::continuation(model, playlists, &name, options, &|done| stage.set(done))?;
    stage.done(&format!("{} continued", found.playlists));
    Ok(found)
}
