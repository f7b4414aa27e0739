//! A model that is ready to answer.

mod derived;
mod examples;
mod names;
mod vectorizer;

use std::{path::Path, sync::OnceLock};

pub use examples::EXAMPLES;
pub use vectorizer::{Vectorizer, nodes};

use crate::{
    artifact::{self, Artifact, Error, Section, Version},
    card::Card,
    catalog::{
        Catalog,
        artists::Artists,
        attributes::{Attribute, Moments},
        genres::Genres,
        repeated::RepeatedSongs,
        row_lists::RowLists,
        songs::SongIds,
        titles::Titles,
    },
    clusters::{self, Cluster, NaiveBayes},
    companions::Companions,
    features::Scaler,
    invalid::Invalid,
    projection::Projection,
    search::{GraphData, Neighbors, Nodes},
    text_search::{Effort, Hit, InvertedIndex, TextSearch},
};

/// A model that is ready to answer: an artifact's parts, checked and held against each other.
pub struct Model {
    version: Version,
    card: Card,
    scaler: Scaler,
    projection: Projection,
    clusters: Vec<Cluster>,
    bayes: NaiveBayes,
    catalog: Catalog,
    titles: Titles,
    songs: SongIds,
    versions: OnceLock<SongIds>,
    /// Of songs, and of versions.
    repeated: [OnceLock<RepeatedSongs>; 2],
    artists: OnceLock<Artists>,
    artist_rows: OnceLock<RowLists>,
    examples: OnceLock<Vec<Vec<u32>>>,
    companions: Option<Box<Companions>>,
    genres: OnceLock<Genres>,
    genre_rows: OnceLock<RowLists>,
    moments: [OnceLock<Moments>; Attribute::ALL.len()],
    neighbors: Neighbors,
    text_search: OnceLock<TextSearch>,
}

impl Model {
    /// Reads an artifact from a file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is not an artifact that can be served.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = artifact::read_file(path)?;
        Self::from_bytes(&file, Version::of(&file))
    }

    /// Reads an artifact. `version` is the SHA-256 that it was published under; the checksum of every section is
    /// compared here, the SHA-256 is not.
    ///
    /// # Errors
    ///
    /// Where the bytes are not an artifact that can be served.
    pub fn from_bytes(file: &[u8], version: Version) -> Result<Self, Error> {
        Self::assemble(artifact::decode(file)?, version)
    }

    /// Reads back an artifact that was made a moment ago of these titles and this text index, and verifies it as [`Model::verify`] does, but
    /// for what they say: whether they are the same, where to make them again would take as long as the first time. The card is not whole
    /// yet, for it is measured on this model: [`Model::with_card_of`] gives it, and the version.
    ///
    /// # Errors
    ///
    /// As [`Model::from_bytes`] and [`Model::verify`].
    pub fn read_back(file: &[u8], titles: Titles, index: Option<Box<InvertedIndex>>) -> Result<Self, Error> {
        let artifact = artifact::decode(file)?;
        let is_same =
            Invalid::equal("whether the titles are as they were written", &true, &(artifact.titles == titles));
        is_same.map_err(Error::invalid(Section::Titles))?;
        check_index(artifact.text_search == index)?;
        // A model of millions needs their room.
        drop((titles, index));
        let model = Self::assemble(artifact, Version::of(&[]))?;
        model.verify_others()?;
        Ok(model)
    }

    /// Holds the parts against each other, and makes of them what is not stored: vectors, graphs and songs. Graphs that
    /// are not among the parts can follow: see [`Model::add_graph`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] with the section that contradicts itself or the others.
    pub fn assemble(artifact: Artifact, version: Version) -> Result<Self, Error> {
        let nodes = nodes(&artifact.scaler, &artifact.catalog.features.iter().collect::<Vec<_>>())?;
        Self::assemble_with(artifact, nodes, version)
    }

    /// As [`Model::assemble`], with [`nodes`] made before: it takes nothing but two sections, while others may
    /// still be on their way.
    ///
    /// # Errors
    ///
    /// As [`Model::assemble`].
    pub fn assemble_with(artifact: Artifact, nodes: Nodes, version: Version) -> Result<Self, Error> {
        let Artifact { card, companions, scaler, projection, clusters, bayes, catalog, titles, graphs, text_search } =
            artifact;
        card.balanced.check().map_err(Error::invalid(Section::Card))?;
        scaler.check().map_err(Error::invalid(Section::Scaler))?;
        projection.check(scaler.len()).map_err(Error::invalid(Section::Projection))?;
        let columns = Invalid::count("columns of features", scaler.len(), catalog.features.len());
        columns.map_err(Error::invalid(Section::Scaler))?;
        catalog.check(&scaler.features)?;
        let tracks = catalog.len();
        Invalid::count("rows", tracks, nodes.rows() as usize).map_err(Error::invalid(Section::Feature(0)))?;
        clusters::check(&clusters, tracks, scaler.len()).map_err(Error::invalid(Section::Clusters))?;
        bayes.check(clusters.len(), scaler.len()).map_err(Error::invalid(Section::Bayes))?;
        let songs = titles.songs(tracks).map_err(Error::invalid(Section::Titles))?;
        let neighbors = Neighbors::new(nodes, clusters.iter().map(|cluster| cluster.rows.clone()).collect());
        let mut model = Self {
            version,
            card,
            scaler,
            projection,
            clusters,
            bayes,
            catalog,
            titles,
            songs,
            versions: OnceLock::new(),
            repeated: Default::default(),
            artists: OnceLock::new(),
            artist_rows: OnceLock::new(),
            examples: OnceLock::new(),
            companions: None,
            genres: OnceLock::new(),
            genre_rows: OnceLock::new(),
            moments: Default::default(),
            neighbors,
            text_search: OnceLock::new(),
        };
        model.set_companions(companions)?;
        for (cluster, graph) in graphs.into_iter().enumerate() {
            model.add_graph(cluster, &graph)?;
        }
        if let Some(index) = text_search {
            model.add_text_search(*index)?;
        }
        Ok(model)
    }

    /// The same model under another card: that of `file`, which holds the same sections otherwise
    /// ([`artifact::with_card`]). `version` is the file's.
    ///
    /// # Errors
    ///
    /// Where the file is no artifact, or its card cannot be read.
    pub fn with_card_of(mut self, file: &[u8], version: Version) -> Result<Self, Error> {
        let card = artifact::card(file)?;
        card.balanced.check().map_err(Error::invalid(Section::Card))?;
        self.card = card;
        self.version = version;
        Ok(self)
    }

    /// Replaces the companions, and gives those that were there.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where they are not of this catalogue's artists and tracks.
    pub fn set_companions(&mut self, companions: Option<Box<Companions>>) -> Result<Option<Box<Companions>>, Error> {
        if let Some(companions) = &companions {
            let checked = companions.check(self.songs.count() as usize, self.catalog.len());
            checked.map_err(Error::invalid(Section::Companions))?;
        }
        Ok(std::mem::replace(&mut self.companions, companions))
    }

    /// Gives a cluster the graph that [`Model::assemble`] was not given. Until then, the cluster is searched exactly.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where the graph is not one over the cluster's vectors.
    pub fn add_graph(&self, cluster: usize, graph: &GraphData) -> Result<(), Error> {
        self.neighbors.add_graph(cluster, graph).map_err(Error::invalid(Section::Graph(cluster)))
    }

    /// Gives the model the index for searches by text that [`Model::assemble`] was not given.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where it is not one of this catalogue.
    pub fn add_text_search(&self, index: InvertedIndex) -> Result<(), Error> {
        let made = TextSearch::new(index, &self.catalog, &self.titles, self.popularity());
        // Nothing is lost where two bring the same index.
        let _ = self.text_search.set(made.map_err(Error::invalid(Section::TextSearch))?);
        Ok(())
    }

    /// Checks what serving relies on and loading does not need to: the order of titles and ids, the number of songs, the
    /// dictionaries of the columns, and that the card is this model's.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] with the section that is wrong.
    pub fn verify(&self) -> Result<(), Error> {
        let order = || self.titles.verify(&self.catalog).map_err(Error::invalid(Section::Titles));
        let index = || {
            let Some(search) = self.text_search() else { return Ok(()) };
            let made = InvertedIndex::build(&self.catalog, &self.titles, self.popularity());
            check_index(made.is_ok_and(|made| made == *search.index()))
        };
        let (order, index) = rayon::join(order, index);
        order.and(index)?;
        self.verify_others()
    }

    fn verify_others(&self) -> Result<(), Error> {
        let (songs, contents) = rayon::join(|| self.verify_songs(), || self.verify_contents());
        songs.and(contents)
    }

    fn verify_songs(&self) -> Result<(), Error> {
        for (id, cluster) in self.clusters.iter().enumerate() {
            let songs = count_songs(cluster.rows.clone(), &self.songs);
            let checked = Invalid::equal(format!("the number of songs in cluster {id}"), &songs, &cluster.songs);
            checked.map_err(Error::invalid(Section::Clusters))?;
        }
        Ok(())
    }

    fn verify_contents(&self) -> Result<(), Error> {
        if let Some(companions) = self.companions() {
            let verified = companions.verify(self.artists().count());
            verified.map_err(Error::invalid(Section::Companions))?;
        }
        let checked = self.card.check(&self.scaler, &self.clusters, self.catalog.len() as u64);
        checked.map_err(Error::invalid(Section::Card))?;
        Ok(self.catalog.verify()?)
    }

    /// The SHA-256 of the artifact.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What the model was made from and how good it is.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Of a hundred tracks of the catalogue, how many are less similar to their tenth nearest song (in their own cluster) than this, 0
    /// to 100: 50 is what the tenth song of an answer usually is. Nothing where the card does not say it.
    pub fn similarity_percentile(&self, similarity: f32) -> Option<u8> {
        let usual = &self.card.tenth_similarities;
        let less = usual.partition_point(|usual| *usual < similarity);
        // At most 100.
        (less * 100).checked_div(usual.len()).map(|percent| percent as u8)
    }

    /// Names, means and deviations of the features.
    pub fn scaler(&self) -> &Scaler {
        &self.scaler
    }

    /// The plane that the catalogue is drawn on.
    pub fn projection(&self) -> &Projection {
        &self.projection
    }

    /// The clusters, by id.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// Places tracks that are not in the catalogue.
    pub fn bayes(&self) -> &NaiveBayes {
        &self.bayes
    }

    /// The tracks.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The titles, in order.
    pub fn titles(&self) -> &Titles {
        &self.titles
    }

    /// Which tracks are the same song, whatever the version.
    pub fn songs(&self) -> &SongIds {
        &self.songs
    }

    /// Searches the nearest tracks.
    pub fn neighbors(&self) -> &Neighbors {
        &self.neighbors
    }

    /// Which artists and tracks are often on the same playlists, where the trainer was given playlists.
    pub fn companions(&self) -> Option<&Companions> {
        self.companions.as_deref()
    }

    /// What bounds and targets may name: the features in the model's order, then the attributes of the catalogue.
    pub fn bounded(&self) -> impl Iterator<Item = &str> {
        let attributes = self.catalog.attributes.columns().map(|(attribute, _)| attribute.name());
        self.scaler.features.iter().map(String::as_str).chain(attributes)
    }

    /// The least and the largest value of a feature, or those that an attribute may have, in the catalogue's units; nothing where the
    /// model has neither.
    pub fn range_of(&self, name: &str) -> Option<(f64, f64)> {
        if let Some(feature) = self.scaler.features.iter().position(|feature| feature == name) {
            let values = self.catalog.features[feature].values();
            return Some((*values.first()?, *values.last()?));
        }
        let attribute = Attribute::named(name)?;
        // A code is a value plus 1.
        let most = self.catalog.attributes.column(attribute)?.max()?.saturating_sub(1);
        Some((f64::from(*attribute.range().start()), f64::from(most)))
    }

    /// Searches by text, if what they need is there.
    pub fn text_search(&self) -> Option<&TextSearch> {
        self.text_search.get()
    }

    /// Songs whose title and artist hold what was typed, best first, each once, by their most popular release. Nothing where the
    /// model was not given what it takes ([`Model::add_text_search`]).
    ///
    /// Every typed word must be there: whole, begun, or with typos. A query of symbols alone finds titles and artists of them.
    pub fn search(&self, query: &str, limit: usize) -> Option<Vec<Hit>> {
        self.search_with(query, limit, &mut Effort::default())
    }

    /// As [`Model::search`]; typos are looked for while `effort` is left.
    pub(crate) fn search_with(&self, query: &str, limit: usize, effort: &mut Effort) -> Option<Vec<Hit>> {
        Some(self.text_search()?.search(&self.catalog, query, limit, effort))
    }

    /// The feature that says how popular a track is.
    pub fn popularity(&self) -> Option<usize> {
        self.scaler.features.iter().position(|feature| feature == "popularity")
    }

    /// The row of a track, by its id.
    pub fn find_id(&self, id: &str) -> Option<u32> {
        self.catalog.ids.find(id)
    }

    /// The cluster that a row belongs to.
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    pub fn cluster_of(&self, row: u32) -> usize {
        assert!((row as usize) < self.catalog.len(), "row {row} of {}", self.catalog.len());
        self.clusters.partition_point(|cluster| cluster.rows.end <= row)
    }

    /// The cluster whose centroid is nearest to one scaled track, shape `(n_features,)`: how k-means placed those of the catalogue. Of
    /// two as near, the smaller id.
    pub fn nearest_centroid(&self, scaled: &[f64]) -> usize {
        let distance =
            |cluster: &Cluster| -> f64 { cluster.centroid.iter().zip(scaled).map(|(c, x)| (c - x).powi(2)).sum() };
        let distances: Vec<f64> = self.clusters.iter().map(distance).collect();
        (1..distances.len()).fold(0, |best, id| if distances[id] < distances[best] { id } else { best })
    }
}

/// Fails unless the text index is the one of its catalogue.
fn check_index(is_same: bool) -> Result<(), Error> {
    Invalid::equal("whether the index is of these titles and artists", &true, &is_same)
        .map_err(Error::invalid(Section::TextSearch))
}

/// How many different songs the rows hold.
pub fn count_songs(rows: std::ops::Range<u32>, songs: &SongIds) -> u32 {
    let mut numbers: Vec<u32> = rows.map(|row| songs.of(row)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len() as u32
}
