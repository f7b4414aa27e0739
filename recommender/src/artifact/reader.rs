//! An artifact that is read section by section, in whatever order they come.

use super::{
    Artifact, SectionData,
    error::Error,
    layout::{self, Section},
    section_data::{SECTION_NAMES, feature_name, feature_number, graph_name, graph_number},
};
use crate::{
    card::Card,
    catalog::{Catalog, ids::IdIndex, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn, StringColumn},
    features::Scaler,
    projection::Projection,
    search::GraphData,
};

/// What of an artifact has been read so far.
///
/// ```
/// # fn example(file: &[u8]) -> Result<recommender::artifact::Artifact, recommender::artifact::Error> {
/// use recommender::artifact::{ArtifactReader, SectionData};
///
/// let mut reader = ArtifactReader::new(file, file.len() as u64)?;
/// for section in reader.sections().to_vec() {
///     let bytes = &file[section.offset as usize..(section.offset + section.length) as usize];
///     reader.add(SectionData::read(&section, bytes)?);
/// }
/// reader.finish()
/// # }
/// ```
#[derive(Debug)]
pub struct ArtifactReader {
    sections: Vec<Section>,
    card: Option<Box<Card>>,
    scaler: Option<Scaler>,
    projection: Option<Projection>,
    clusters: Option<Vec<Cluster>>,
    bayes: Option<NaiveBayes>,
    features: Vec<Option<NumericColumn>>,
    titles: Option<(DictColumn, Titles)>,
    artists: Option<DictColumn>,
    ids: Option<(StringColumn, IdIndex)>,
    albums: Option<Option<DictColumn>>,
    genres: Option<Option<DictColumn>>,
    attributes: Option<(Option<IntColumn>, Option<IntColumn>)>,
    graphs: Vec<Option<GraphData>>,
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
        let sections = layout::read(header, length)?;
        let count = |number: fn(&str) -> Option<usize>| {
            sections.iter().filter(|section| number(&section.name).is_some()).count()
        };
        let (features, graphs) = (count(feature_number), count(graph_number));
        let names = SECTION_NAMES.into_iter().map(str::to_owned);
        let expected: Vec<String> =
            names.chain((0..features).map(feature_name)).chain((0..graphs).map(graph_name)).collect();
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
            features: vec![None; features],
            titles: None,
            artists: None,
            ids: None,
            albums: None,
            genres: None,
            attributes: None,
            graphs: vec![None; graphs],
        })
    }

    /// The sections, as the file has them: graphs last.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Scaler and columns, where all of them are there: what [`vectors`](crate::model::vectors) are made of.
    pub fn scaled(&self) -> Option<(&Scaler, Vec<&NumericColumn>)> {
        Some((self.scaler.as_ref()?, self.features.iter().map(Option::as_ref).collect::<Option<_>>()?))
    }

    /// Keeps what a section held.
    pub fn add(&mut self, data: SectionData) {
        match data {
            SectionData::Card(card) => self.card = Some(card),
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
            SectionData::Artists(artists) => self.artists = Some(artists),
            SectionData::Ids(ids, order) => self.ids = Some((ids, order)),
            SectionData::Albums(albums) => self.albums = Some(albums),
            SectionData::Genres(genres) => self.genres = Some(genres),
            SectionData::Attributes(years, explicit) => self.attributes = Some((years, explicit)),
            SectionData::Graph(cluster, graph) => {
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
    pub fn finish(self) -> Result<Artifact, Error> {
        fn read<T>(part: Option<T>, section: &str) -> Result<T, Error> {
            part.ok_or_else(|| Error::Missing { section: section.into() })
        }
        let clusters = read(self.clusters, "clusters")?;
        if self.graphs.len() != clusters.len() {
            let reason = format!("{} clusters, and {} graphs in the file", clusters.len(), self.graphs.len());
            return Err(Error::Invalid { section: "clusters".into(), reason });
        }
        let features = self.features.into_iter().enumerate();
        let features =
            features.map(|(number, column)| read(column, &feature_name(number))).collect::<Result<Vec<_>, _>>()?;
        let (songs, titles) = read(self.titles, "titles")?;
        let (ids, id_order) = read(self.ids, "ids")?;
        let (years, explicit) = read(self.attributes, "facts")?;
        Ok(Artifact {
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
                features,
            },
            titles,
            ids: id_order,
            graphs: self.graphs.into_iter().map_while(|graph| graph).collect(),
        })
    }
}
