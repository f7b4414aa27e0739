//! An artifact that is read section by section, in whatever order they come.

use super::{
    Parts, Piece,
    error::Error,
    layout::{self, Section},
    piece::{NAMES, graph_name, graph_number},
};
use crate::{
    card::Card,
    catalog::Catalog,
    cluster::{Cluster, NaiveBayes},
    column::{Codes, Numbers, Texts, Words},
    feature::Scaler,
    neighbor::GraphParts,
    projection::Projection,
    title::{Ids, Titles},
};

/// What of an artifact has been read so far.
///
/// ```
/// # fn example(file: &[u8]) -> Result<segue::artifact::Parts, segue::artifact::Error> {
/// use segue::artifact::{Loading, Piece};
///
/// let mut loading = Loading::begin(file, file.len() as u64)?;
/// for section in loading.sections().to_vec() {
///     let bytes = &file[section.offset as usize..(section.offset + section.length) as usize];
///     loading.add(Piece::read(&section, bytes)?);
/// }
/// loading.finish()
/// # }
/// ```
#[derive(Debug)]
pub struct Loading {
    sections: Vec<Section>,
    card: Option<Box<Card>>,
    scaler: Option<Scaler>,
    projection: Option<Projection>,
    clusters: Option<Vec<Cluster>>,
    bayes: Option<NaiveBayes>,
    features: Option<Vec<Numbers>>,
    titles: Option<(Words, Titles)>,
    artists: Option<Words>,
    ids: Option<(Texts, Ids)>,
    albums: Option<Option<Words>>,
    genres: Option<Option<Words>>,
    facts: Option<(Option<Codes>, Option<Codes>)>,
    graphs: Vec<Option<GraphParts>>,
}

impl Loading {
    /// Reads the section table. `header` is the first [`header_length`](super::header_length) bytes of a file that is
    /// `length` bytes long, or more of it.
    ///
    /// # Errors
    ///
    /// Where the bytes do not begin an artifact of this format, the header is damaged, a section is missing, or one is
    /// unknown.
    pub fn begin(header: &[u8], length: u64) -> Result<Self, Error> {
        let sections = layout::read(header, length)?;
        let graphs = sections.iter().filter(|section| graph_number(&section.name).is_some()).count();
        let expected: Vec<String> = NAMES.into_iter().map(str::to_owned).chain((0..graphs).map(graph_name)).collect();
        if let Some(missing) = expected.iter().find(|name| !sections.iter().any(|section| section.name == **name)) {
            return Err(Error::Missing { section: missing.clone() });
        }
        if let Some(unknown) = sections.iter().find(|section| !expected.contains(&section.name)) {
            return Err(Error::Header { reason: format!("section {} is not known to this format", unknown.name) });
        }
        Ok(Self {
            sections,
            card: None,
            scaler: None,
            projection: None,
            clusters: None,
            bayes: None,
            features: None,
            titles: None,
            artists: None,
            ids: None,
            albums: None,
            genres: None,
            facts: None,
            graphs: vec![None; graphs],
        })
    }

    /// The sections, as the file has them: graphs last.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Keeps what a section held.
    pub fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Card(card) => self.card = Some(card),
            Piece::Scaler(scaler) => self.scaler = Some(scaler),
            Piece::Projection(projection) => self.projection = Some(projection),
            Piece::Clusters(clusters) => self.clusters = Some(clusters),
            Piece::Bayes(bayes) => self.bayes = Some(bayes),
            Piece::Features(features) => self.features = Some(features),
            Piece::Titles(songs, titles) => self.titles = Some((songs, titles)),
            Piece::Artists(artists) => self.artists = Some(artists),
            Piece::Ids(ids, order) => self.ids = Some((ids, order)),
            Piece::Albums(albums) => self.albums = Some(albums),
            Piece::Genres(genres) => self.genres = Some(genres),
            Piece::Facts(years, explicit) => self.facts = Some((years, explicit)),
            Piece::Graph(cluster, graph) => {
                if let Some(place) = self.graphs.get_mut(cluster) {
                    *place = Some(graph);
                }
            }
        }
    }

    /// All parts, once every section but those of graphs was read. Of the graphs, those up to the first that was not.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] with the first section that was not read; [`Error::Invalid`] where there is not one graph for
    /// each cluster.
    pub fn finish(self) -> Result<Parts, Error> {
        fn read<T>(part: Option<T>, section: &str) -> Result<T, Error> {
            part.ok_or_else(|| Error::Missing { section: section.into() })
        }
        let clusters = read(self.clusters, "clusters")?;
        if self.graphs.len() != clusters.len() {
            let reason = format!("{} clusters, and {} graphs in the file", clusters.len(), self.graphs.len());
            return Err(Error::Invalid { section: "clusters".into(), reason });
        }
        let (songs, titles) = read(self.titles, "titles")?;
        let (ids, id_order) = read(self.ids, "ids")?;
        let (years, explicit) = read(self.facts, "facts")?;
        Ok(Parts {
            card: *read(self.card, "card")?,
            scaler: read(self.scaler, "scaler")?,
            projection: read(self.projection, "projection")?,
            clusters,
            bayes: read(self.bayes, "bayes")?,
            catalog: Catalog {
                ids,
                songs,
                artists: read(self.artists, "artists")?,
                albums: read(self.albums, "albums")?,
                genres: read(self.genres, "genres")?,
                years,
                explicit,
                features: read(self.features, "features")?,
            },
            titles,
            ids: id_order,
            graphs: self.graphs.into_iter().map_while(|graph| graph).collect(),
        })
    }
}
