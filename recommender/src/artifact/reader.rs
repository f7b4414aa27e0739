//! An artifact that is read section by section, in whatever order they come.

use super::{
    Artifact, SectionData,
    bytes::{self, Entry, HeaderError},
    error::Error,
    registry::Section,
};
use crate::{
    card::Card,
    catalog::{Catalog, attributes::Attributes, credits::Credits, ids::Ids, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn},
    companions::Companions,
    features::Scaler,
    invalid::Invalid,
    projection::Projection,
    search::GraphData,
    text_search::InvertedIndex,
};

/// What of an artifact has been read so far.
///
/// ```
/// # fn example(file: &[u8]) -> Result<recommender::artifact::Artifact, recommender::artifact::Error> {
/// use recommender::artifact::{ArtifactReader, SectionData};
///
/// let mut reader = ArtifactReader::new(file, file.len() as u64)?;
/// for entry in reader.sections().to_vec() {
///     let bytes = &file[entry.offset as usize..(entry.offset + entry.length) as usize];
///     reader.add(SectionData::read(&entry, bytes)?);
/// }
/// reader.finish()
/// # }
/// ```
#[derive(Debug)]
pub struct ArtifactReader {
    sections: Vec<Entry<Section>>,
    card: Option<Box<Card>>,
    companions: Option<Option<Box<Companions>>>,
    scaler: Option<Scaler>,
    projection: Option<Projection>,
    clusters: Option<Vec<Cluster>>,
    bayes: Option<NaiveBayes>,
    features: Vec<Option<NumericColumn>>,
    titles: Option<(DictColumn, Titles)>,
    artists: Option<(DictColumn, Credits)>,
    ids: Option<Ids>,
    albums: Option<Option<DictColumn>>,
    genres: Option<Option<DictColumn>>,
    attributes: Option<(Option<IntColumn>, Option<IntColumn>, Attributes)>,
    graphs: Vec<Option<GraphData>>,
    text_search: Option<Box<InvertedIndex>>,
}

impl ArtifactReader {
    /// Reads the section table. `header` is the first [`header_length`](super::header_length) bytes of a file that is
    /// `length` bytes long, or more of it.
    ///
    /// # Errors
    ///
    /// Where the bytes do not begin an artifact of this format, the header is damaged, a section is missing, or one is
    /// unknown.
    pub fn new(header: &[u8], length: u64) -> Result<Self, Error> {
        let sections = sections(header, length)?;
        let count = |is: fn(&Section) -> bool| sections.iter().filter(|entry| is(&entry.section)).count();
        let features = count(|section| matches!(section, Section::Feature(_)));
        let graphs = count(|section| matches!(section, Section::Graph(_)));
        // No two have one name: where all of these are there, no others are.
        let missing =
            Section::all(features, graphs).find(|section| sections.iter().all(|entry| entry.section != *section));
        if let Some(section) = missing {
            return Err(Error::Missing { section });
        }
        Ok(Self {
            sections,
            card: None,
            companions: None,
            scaler: None,
            projection: None,
            clusters: None,
            bayes: None,
            features: vec![None; features],
            titles: None,
            artists: None,
            ids: None,
            albums: None,
            genres: None,
            attributes: None,
            graphs: vec![None; graphs],
            text_search: None,
        })
    }

    /// The sections, as the file has them: graphs behind what a first answer needs, then what only
    /// searches by text need.
    pub fn sections(&self) -> &[Entry<Section>] {
        &self.sections
    }

    /// Scaler and columns, where all of them are there: what [`nodes`](crate::model::nodes) are made of.
    pub fn scaled(&self) -> Option<(&Scaler, Vec<&NumericColumn>)> {
        Some((self.scaler.as_ref()?, self.features.iter().map(Option::as_ref).collect::<Option<_>>()?))
    }

    /// Keeps what a section held.
    pub fn add(&mut self, data: SectionData) {
        match data {
            SectionData::Card(card) => self.card = Some(card),
            SectionData::Companions(companions) => self.companions = Some(companions),
            SectionData::Scaler(scaler) => self.scaler = Some(scaler),
            SectionData::Projection(projection) => self.projection = Some(projection),
            SectionData::Clusters(clusters) => self.clusters = Some(clusters),
            SectionData::Bayes(bayes) => self.bayes = Some(bayes),
            SectionData::Feature(feature, column) => {
                if let Some(place) = self.features.get_mut(feature) {
                    *place = Some(column);
                }
            }
            SectionData::Titles(songs, titles) => self.titles = Some((songs, titles)),
            SectionData::Artists(artists, credits) => self.artists = Some((artists, credits)),
            SectionData::Ids(ids) => self.ids = Some(ids),
            SectionData::Albums(albums) => self.albums = Some(albums),
            SectionData::Genres(genres) => self.genres = Some(genres),
            SectionData::Attributes(years, explicit, others) => self.attributes = Some((years, explicit, others)),
            SectionData::TextSearch(index) => self.text_search = Some(index),
            SectionData::Graph(cluster, graph) => {
                if let Some(place) = self.graphs.get_mut(cluster) {
                    *place = Some(graph);
                }
            }
        }
    }

    /// All parts, once every section was read that a first answer needs. Of the graphs, those up to the first that was not.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] with the first section that was not read; [`Error::Invalid`] where there is not one graph for
    /// each cluster.
    pub fn finish(self) -> Result<Artifact, Error> {
        fn read<T>(part: Option<T>, section: Section) -> Result<T, Error> {
            part.ok_or(Error::Missing { section })
        }
        let clusters = read(self.clusters, Section::Clusters)?;
        Invalid::count("graphs", clusters.len(), self.graphs.len()).map_err(Error::invalid(Section::Clusters))?;
        let features = self.features.into_iter().enumerate();
        let features =
            features.map(|(number, column)| read(column, Section::Feature(number))).collect::<Result<Vec<_>, _>>()?;
        let (songs, titles) = read(self.titles, Section::Titles)?;
        let (artists, credits) = read(self.artists, Section::Artists)?;
        let (years, explicit, attributes) = read(self.attributes, Section::Attributes)?;
        Ok(Artifact {
            card: *read(self.card, Section::Card)?,
            companions: read(self.companions, Section::Companions)?,
            scaler: read(self.scaler, Section::Scaler)?,
            projection: read(self.projection, Section::Projection)?,
            clusters,
            bayes: read(self.bayes, Section::Bayes)?,
            catalog: Catalog {
                ids: read(self.ids, Section::Ids)?,
                songs,
                artists,
                credits,
                albums: read(self.albums, Section::Albums)?,
                genres: read(self.genres, Section::Genres)?,
                years,
                explicit,
                attributes,
                features,
            },
            titles,
            graphs: self.graphs.into_iter().map_while(|graph| graph).collect(),
            text_search: self.text_search,
        })
    }
}

/// The section table of a file that is `length` bytes long, from its header or more of it.
pub(super) fn sections(header: &[u8], length: u64) -> Result<Vec<Entry<Section>>, Error> {
    let named = |entry: Entry<String>| match Section::parse(&entry.section) {
        Some(section) => Ok(entry.named(section)),
        None => Err(HeaderError::UnknownSection { section: entry.section }.into()),
    };
    bytes::read(header, length)?.into_iter().map(named).collect()
}
