//! What tables call each meaning. The names stand here as their tables write them; they are compared without case, accents,
//! spaces and punctuation ([`normalize`]). Earlier ones win where a table has several.
//!
//! Sources:
//! - Spotify: the Web API's track, audio-features and playlist objects, flat or with a path (`track.album.name`), and the
//!   streaming history that Spotify sends on request (`master_metadata_…`); the Million Playlist Dataset (`track_uri`, `pid`).
//! - Kaggle: "Spotify Tracks Dataset", "Spotify Dataset 1921-2020", "30000 Spotify Songs", "900k Spotify" (`Positiveness`),
//!   "Most Streamed Spotify Songs 2023" (`artist(s)_name`, `danceability_%`, `released_year`), "Song Popularity Dataset"
//!   (`song_popularity`, `audio_valence`), "Top 2000s Mega Dataset" (`Beats Per Minute (BPM)`, `Length (Duration)`), "Top
//!   Spotify songs 2010-2019" (`nrgy`, `dnce`), "Spotify and YouTube" (`Track` beside `Title`).
//! - TidyTuesday's Billboard tables: `performer`, `spotify_track_id`, `spotify_genre`.
//! - Exportify, both tools of that name: pavelkomarov/exportify in English, watsonbox/exportify in its 15 languages.
//! - Chosic's playlist exporter (`Spotify Track Id`, `Happy`, `Loud (Db)`, `Album Date`), TuneMyMusic (`Spotify - id`),
//!   Soundiiz (`title`, `artist`, `album`), Sort Your Music (`Dance`, `Loud`, `Pop.`, `Release`), Organize Your Music
//!   (`nrgy`, `dnce`, `dB`, `acous`, `spch`).
//! - ReccoBeats (`trackTitle`, `durationMs`, `href`); AcousticBrainz and Essentia, only where they measure the same thing.
//! - Plain names in English, Spanish, Portuguese, French, German and Italian.

use std::{collections::HashMap, sync::LazyLock};

use recommender::{features::Feature, text};

use super::Meaning;

#[rustfmt::skip] // a line for each name would be 700
const ALIASES: [(Meaning, &[&str]); Meaning::COUNT] = [
    (Meaning::Title, &[
        "track_name", "song", "title", "song name", "song title", "track title", "trackTitle", "name", "track",
        "track.name", "master_metadata_track_name", "spotify_track_name", "metadata.tags.title", "recording",
        // Exportify: ar, de, el, es, fr, it, ja, nl, pt, sv, tr, zh-Hans, zh-Hant, yue.
        "اسم الأغنية", "Track-Name", "Όνομα κομματιού", "Nombre de la canción", "Nom du titre", "Nome della traccia",
        "トラック名", "Nummernaam", "Nome da faixa", "Låtens namn", "Parça Adı", "曲目名称", "曲目名稱", "歌名",
        // es, pt, fr, de, it.
        "título", "canción", "nombre de canción", "título de la canción", "canção", "música", "faixa",
        "nome da música", "título da música", "titre", "chanson", "morceau", "nom de la chanson", "titel", "lied",
        "liedtitel", "songtitel", "titolo", "canzone", "brano",
    ]),
    (Meaning::Artist, &[
        "artists", "artist(s)_name", "artist_names", "track_artist", "artist", "artist_name", "track artists",
        "song artist", "performer", "performers", "artists.name", "track.artists", "artist(s)", "all_artists",
        "master_metadata_album_artist_name", "spotify_artist_name", "metadata.tags.artist", "singer", "band",
        // Exportify, in the order of languages above.
        "أسماء الفنانين", "Künstlername(n)", "Όνομα/τα καλλιτέχνη", "Nombre(s) del artista", "Nom(s) de l'artiste",
        "Nome dell'artista", "アーティスト名", "Naam van artiest", "Nome(s) do artista", "Artistens namn", "Sanatçı Adı",
        "艺人名称", "藝人名稱", "Artist 名", "artista", "artistas", "nombre del artista", "intérprete", "nome do artista",
        "artiste", "artistes", "nom de l'artiste", "interprète", "künstler", "künstlername", "interpret",
        "interprete",
    ]),
    (Meaning::Id, &[
        "track_id", "spotify_track_id", "id", "uri", "spotify_id", "track_uri", "spotify_uri", "spotify_track_uri",
        "Spotify - id", "track.id", "track.uri", "song_id", "songId", "track_url", "spotify_url", "spotify_link",
        "spotify track url", "track_href", "url_spotify", "external_urls.spotify", "track link", "href", "url",
        "link", "رابط الأغنية (URI)", "URI κομματιού", "URI de la canción", "URI du titre", "URI della traccia",
        "トラックURI", "Nummer URI", "URI da faixa", "Låtens URI", "Parça URI", "曲目 URI", "歌 Link",
    ]),
    (Meaning::Album, &[
        "album_name", "album", "track_album_name", "spotify_track_album", "album.name", "track.album.name",
        "album title", "master_metadata_album_album_name", "metadata.tags.album", "release_name", "اسم الألبوم",
        "Album-Name", "Όνομα άλμπουμ", "Nombre del álbum", "Nom de l'album", "Nome dell'album", "アルバム名",
        "Naam van album", "Nome do álbum", "Albumets namn", "Albüm Adı", "专辑名称", "專輯名稱", "專輯名", "álbum",
        "titre de l'album", "albumtitel", "albumname",
    ]),
    (Meaning::Genre, &[
        "genre", "track_genre", "playlist_genre", "genres", "top genre", "spotify_genre", "music_genre", "main_genre",
        "artist_genres", "artist_genre", "genre_list", "primary_genre", "metadata.tags.genre", "parent genres",
        "Album Genres", "album_genre", "أنواع الفنان", "Künstler-Genres", "Είδη καλλιτέχνη", "Géneros del artista",
        "Genres de l'artiste", "Generi dell'artista", "アーティストジャンル", "Genres van de artiest", "Gêneros do artista",
        "Artistens genrer", "Sanatçı Türleri", "艺人流派", "藝人曲風", "أنواع الألبوم", "Είδη άλμπουμ", "Géneros del álbum",
        "Genres de l'album", "Generi dell'album", "アルバムジャンル", "Genres van het album", "Gêneros do álbum",
        "Albumets genrer", "Albüm Türleri", "专辑流派", "專輯曲風", "género", "géneros", "gênero", "gêneros", "genere",
        "generi", "musikrichtung", "género musical", "gênero musical",
    ]),
    (Meaning::Year, &[
        "release_date", "year", "release_year", "track_album_release_date", "album_release_date", "Album Date",
        "released_year", "album.release_date", "track.album.release_date", "release", "released",
        "spotify_track_release_date", "track_release_date", "year_released", "metadata.tags.date", "album_year",
        "تاريخ إصدار الألبوم", "Veröffentlichungsdatum des Albums", "Ημερομηνία κυκλοφορίας άλμπουμ",
        "Fecha de lanzamiento del álbum", "Date de sortie de l'album", "Data di rilascio dell'album", "アルバム発売日",
        "Releasedatum van het album", "Data de lançamento do álbum", "Albumets releasedatum", "Albüm Çıkış Tarihi",
        "专辑发行日期", "專輯發行日期", "專輯發行日", "año", "año de lanzamiento", "fecha de lanzamiento", "ano", "ano de lançamento",
        "data de lançamento", "année", "année de sortie", "date de sortie", "jahr", "erscheinungsjahr",
        "erscheinungsdatum", "veröffentlichungsdatum", "anno", "data di uscita",
    ]),
    (Meaning::Explicit, &[
        "explicit", "is_explicit", "track_explicit", "spotify_track_explicit", "explicit_lyrics", "explicit_content",
        "صريح", "Explizit", "Ακατάλληλο", "Explícito", "Explicite", "Esplicito", "明示的な内容", "Expliciet", "Explícita",
        "Açık İçerik", "含露骨内容", "含露骨內容", "家長指引",
    ]),
    (Meaning::Playlist, &[
        "playlist_id", "playlist", "playlist_uri", "pid", "playlist_name", "playlist title", "lista de reproducción",
        "nome da playlist", "nom de la playlist",
    ]),
    (Meaning::Key, &[
        "key", "track_key", "song_key", "musical_key", "key_name", "tonal.key_key", "camelot", "المفتاح", "Tonart",
        "Τονικότητα", "Tonalidad", "Tonalité", "Chiave", "キー", "Toonsoort", "Tonalidade", "Ton", "调性", "調性",
        "tonalità",
    ]),
    (Meaning::Mode, &[
        "mode", "audio_mode", "track_mode", "tonal.key_scale", "key_scale", "النمط", "Modus", "Τρόπος", "Modo",
        "Modalità", "モード", "Läge", "Mod", "调式", "調式",
    ]),
    (Meaning::TimeSignature, &[
        "time_signature", "track_time_signature", "timesig", "توقيع الزمن", "Taktart", "Μέτρο", "Compás", "Mesure",
        "Battuta", "拍子", "Maatstreep", "Compasso", "Ölçü İşareti", "拍号", "拍號",
    ]),
    (Meaning::Feature(Feature::Danceability), &[
        "danceability", "danceability_%", "dance", "dnce", "danceable", "قابلية الرقص", "Tanzbarkeit",
        "Χορευτικότητα", "Bailabilidad", "Danseabilité", "Ballabilità", "ダンサビリティ", "Dansbaarheid", "Dançabilidade",
        "Dansbarhet", "Dans Edilebilirlik", "舞蹈性", "dansabilité", "dançabilidad",
    ]),
    (Meaning::Feature(Feature::Energy), &[
        "energy", "nrgy", "الطاقة", "Energie", "Ενέργεια", "Energía", "Énergie", "Energia", "エネルギー", "Energi",
        "Enerji", "能量",
    ]),
    (Meaning::Feature(Feature::Variance), &[
        "variance",
    ]),
    (Meaning::Feature(Feature::Tempo), &[
        "tempo", "bpm", "Beats Per Minute (BPM)", "beats per minute", "tempo (bpm)", "track_tempo", "rhythm.bpm",
        "الإيقاع", "Ρυθμός", "テンポ", "速度", "ppm", "pulsaciones por minuto", "batidas por minuto",
        "battements par minute", "schläge pro minute",
    ]),
    (Meaning::Feature(Feature::Loudness), &[
        "loudness", "Loudness (dB)", "dB", "Loud (Db)", "loud", "loudness_in_db", "مستوى الصوت", "Lautstärke",
        "Ένταση", "Volumen", "Volume sonore", "Volume", "ラウドネス", "Luidheid", "Ljudstyrka", "Ses Seviyesi", "响度", "響度",
    ]),
    (Meaning::Feature(Feature::Acousticness), &[
        "acousticness", "acous", "acoustic", "الطابع الصوتي", "Akustik", "Ακουστικότητα", "Acústica", "Acoustique",
        "Acustica", "アコースティック性", "Akoestiek", "Akustiklik", "原声性", "原音性", "acousticité",
    ]),
    (Meaning::Feature(Feature::Instrumentalness), &[
        "instrumentalness", "instrumental", "instr", "instrumentality", "الطابع الآلي", "Instrumentalität",
        "Οργανοκεντρικότητα", "Instrumentalidad", "Strumentalità", "インストゥルメンタル性", "Instrumentaliteit",
        "Instrumentalidade", "Instrumentalhet", "Enstrümantalite", "器乐度", "器樂度", "instrumentalité",
    ]),
    (Meaning::Feature(Feature::Speechiness), &[
        "speechiness", "spch", "speech", "speechness", "محتوى الكلام", "Sprachanteil", "Ομιλητικότητα", "Hablado",
        "Parlabilité", "Linguaggio parlato", "スピーチ性", "Spraakzaamheid", "Oralidade", "Talighet", "Konuşma Oranı",
        "语音度", "語音度",
    ]),
    (Meaning::Feature(Feature::Valence), &[
        "valence", "positiveness", "val", "happy", "happiness", "positivity", "الإيجابية", "Valenz", "Θετικότητα",
        "Valencia", "Valenza", "感情値", "Valentie", "Valência", "Valens", "Duygusallık", "情绪效价", "情緒效價",
    ]),
    (Meaning::Feature(Feature::Popularity), &[
        "popularity", "track_popularity", "song_popularity", "spotify_track_popularity", "track.popularity", "pop",
        "الشعبية", "Beliebtheit", "Δημοτικότητα", "Popularidad", "Popularité", "Popolarità", "人気度", "Populariteit",
        "Popularidade", "Popularitet", "Popülerlik", "热度", "熱門度", "popularität",
    ]),
    (Meaning::Feature(Feature::Liveness), &[
        "liveness", "live", "الحيوية", "Lebendigkeit", "Ζωντάνια", "Vivacidad", "Vivacité", "Vivacità", "ライブ感",
        "Levendigheid", "Vivacidade", "Livlighet", "Canlılık", "现场感", "現場感",
    ]),
    (Meaning::Feature(Feature::DurationMs), &[
        "duration_ms", "track_duration_ms", "song_duration_ms", "spotify_track_duration_ms", "track.duration_ms",
        "Track Duration (ms)", "length_ms", "duration", "length", "Length (Duration)", "song duration",
        "track duration", "dur", "time", "duration_min", "duration_minutes", "length_min",
        "duration_s", "duration_sec", "duration_seconds", "length_seconds",
        "duration_in_seconds", "metadata.audio_properties.length", "مدة الأغنية (بالمللي ثانية)", "Track-Dauer (ms)",
        "Διάρκεια κομματιού (ms)", "Duración de la canción (ms)", "Durée du titre (ms)", "Durata della traccia (ms)",
        "トラックの長さ（ミリ秒）", "Nummerduur (ms)", "Duração da faixa (ms)", "Låtlängd (ms)", "Parça Süresi (ms)", "曲目时长（毫秒）",
        "曲目長度（毫秒）", "曲目時長（毫秒）", "duración", "duración_ms", "duração", "duração_ms", "durée", "durée_ms", "dauer",
        "länge", "durata",
    ]),
];

/// What precedes the name of a feature or of an attribute in some tables: `audio_valence`, `song_energy`.
const PREFIXES: [&str; 5] = ["audio", "track", "song", "spotify", "audiofeatures"];

/// Units that a name may end with, for people: `Lautstärke (dB)`.
const UNITS: [(&str, Feature); 2] = [("db", Feature::Loudness), ("bpm", Feature::Tempo)];

/// What is compared of a column's name: without case, accents, spaces and punctuation.
pub(super) fn normalize(name: &str) -> String {
    text::alphanumeric(&text::fold(name))
}

/// The meaning of each normalised alias, and its rank among those of the meaning.
static BY_NAME: LazyLock<HashMap<String, (Meaning, usize)>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for (meaning, names) in ALIASES {
        for (rank, name) in names.iter().enumerate() {
            by_name.entry(normalize(name)).or_insert((meaning, rank));
        }
    }
    by_name
});

/// What a column of this normalised name holds, and the name's rank among those of the meaning, lower ones first.
pub(super) fn meaning_of(normalized: &str) -> Option<(Meaning, usize)> {
    if let Some(found) = BY_NAME.get(normalized) {
        return Some(*found);
    }
    let of_unit = |(unit, feature): &(&str, Feature)| {
        let found = BY_NAME.get(normalized.strip_suffix(unit)?)?;
        (found.0 == Meaning::Feature(*feature)).then_some((found.0, found.1 + 1_000))
    };
    if let Some(found) = UNITS.iter().find_map(of_unit) {
        return Some(found);
    }
    let rest =
        PREFIXES.iter().filter_map(|prefix| normalized.strip_prefix(prefix)).find_map(|rest| BY_NAME.get(rest))?;
    let prefixed = matches!(rest.0, Meaning::Feature(_) | Meaning::Key | Meaning::Mode | Meaning::TimeSignature);
    prefixed.then_some((rest.0, rest.1 + 1_000))
}

/// The first few names of a meaning, for a message.
pub(super) fn examples(meaning: Meaning) -> String {
    const MAX_EXAMPLES: usize = 6;
    let names = ALIASES.iter().find(|(other, _)| *other == meaning).map_or(&[][..], |(_, names)| names);
    names.iter().take(MAX_EXAMPLES).copied().collect::<Vec<_>>().join(", ")
}

/// The meaning whose name is part of this normalised name: `averagetempo` holds a tempo.
pub(super) fn meaning_within(normalized: &str) -> impl Iterator<Item = Meaning> {
    const MIN_CHARS: usize = 4;
    // The longest first: "speechiness" rather than "speech".
    let mut within: Vec<(usize, Meaning)> = BY_NAME
        .iter()
        .filter(|(name, (meaning, _))| {
            matches!(meaning, Meaning::Feature(_))
                && name.chars().count() >= MIN_CHARS
                && normalized.contains(name.as_str())
        })
        .map(|(name, (meaning, _))| (name.len(), *meaning))
        .collect();
    within.sort_by_key(|(length, meaning)| (std::cmp::Reverse(*length), *meaning));
    within.into_iter().map(|(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_alias_means_two_things() {
        let mut meanings: HashMap<String, Meaning> = HashMap::new();
        for (meaning, names) in ALIASES {
            assert!(!names.is_empty());
            for name in names {
                let normalized = normalize(name);
                assert!(!normalized.is_empty(), "{name}");
                let before = meanings.insert(normalized, meaning);
                assert!(before.is_none_or(|before| before == meaning), "{name} means {meaning} and {before:?}");
            }
        }
    }

    #[test]
    fn every_meaning_has_aliases_at_its_place() {
        let order: Vec<Meaning> = ALIASES.iter().map(|(meaning, _)| *meaning).collect();
        assert_eq!(order, Meaning::all().collect::<Vec<_>>());
        assert!(
            Meaning::all().all(|meaning| meaning_of(&normalize(meaning.name())).map(|found| found.0) == Some(meaning))
        );
    }

    #[test]
    fn names_of_real_tables_are_known() {
        for (name, meaning) in [
            ("danceability_%", Meaning::Feature(Feature::Danceability)),
            ("audio_valence", Meaning::Feature(Feature::Valence)),
            ("audio_mode", Meaning::Mode),
            ("song_popularity", Meaning::Feature(Feature::Popularity)),
            ("Pop.", Meaning::Feature(Feature::Popularity)),
            ("Loud (Db)", Meaning::Feature(Feature::Loudness)),
            ("Lautstärke (dB)", Meaning::Feature(Feature::Loudness)),
            ("Ρυθμός [BPM]", Meaning::Feature(Feature::Tempo)),
            ("Album Date", Meaning::Year),
            ("performer", Meaning::Artist),
            ("Beats Per Minute (BPM)", Meaning::Feature(Feature::Tempo)),
            ("Length (Duration)", Meaning::Feature(Feature::DurationMs)),
            ("Spotify - id", Meaning::Id),
            ("Künstlername(n)", Meaning::Artist),
            ("KUNSTLERNAME", Meaning::Artist),
            ("Energia", Meaning::Feature(Feature::Energy)),
            ("Duygusallık", Meaning::Feature(Feature::Valence)),
            ("トラックURI", Meaning::Id),
            ("song_energy", Meaning::Feature(Feature::Energy)),
        ] {
            assert_eq!(meaning_of(&normalize(name)).map(|found| found.0), Some(meaning), "{name}");
        }
        for name in [
            "",
            "bpm db",
            "Energie (dB)",
            "index",
            "Unnamed: 0",
            "artist_id",
            "album_id",
            "track_number",
            "released_month",
            "isrc",
            "channel",
        ] {
            assert_eq!(meaning_of(&normalize(name)), None, "{name}");
        }
    }
}
