//! Which column is taken for what.

use super::*;
use crate::table::{Error, Options};

fn find(header: &str, features: Option<&[Feature]>) -> Result<Columns, Error> {
    let header: Vec<String> = header.split(',').map(str::to_owned).collect();
    let options = Options { features: features.map(<[Feature]>::to_vec), ..Options::default() };
    Columns::find("t.csv", &header, &Sample::default(), &options)
}

fn found(header: &str) -> Columns {
    find(header, None).expect("all that is needed is there")
}

#[test]
fn columns_are_found_whatever_their_case_and_punctuation() {
    for header in [
        "track_name,artists,energy,loudness",
        "Track Name,Artist(s),ENERGY,Loudness (db)",
        "track-name,artist(s)_name,Energy,loudness_db",
        "TITLE,Artist Name(s),energy_%,Loudness",
        "song,track_artist,Energy,loudness",
        "name,artist_name,Energy,loudness",
        "Song,artist,energy,loudness",
    ] {
        let columns = found(header);
        assert_eq!((columns.title, columns.artist), (0, 1), "{header}");
        let features: Vec<Feature> = columns.features.iter().map(|&(feature, ..)| feature).collect();
        assert_eq!(features, [Feature::Energy, Feature::Loudness], "{header}");
        assert!(columns.warnings.is_empty(), "{header}");
    }
}

#[test]
fn every_alias_of_every_optional_column_is_known() {
    let base = "song,artist,energy,tempo";
    for id in ["track_id", "id", "uri", "spotify_id", "Track URI"] {
        assert_eq!(found(&format!("{base},{id}")).id, Some(4), "{id}");
    }
    for album in ["album", "Album Name", "track_album_name"] {
        assert_eq!(found(&format!("{base},{album}")).album, Some(4), "{album}");
    }
    for genre in ["Genre", "track_genre", "playlist_genre", "genres"] {
        assert_eq!(found(&format!("{base},{genre}")).genre, Some(4), "{genre}");
    }
    for year in ["Release Date", "year", "release_year", "track_album_release_date"] {
        assert_eq!(found(&format!("{base},{year}")).year, Some(4), "{year}");
    }
    assert_eq!(found(&format!("{base},Explicit")).explicit, Some(4));
    let columns = found("song,artist,Positiveness,track_popularity,BPM");
    assert_eq!(
        columns.features,
        [
            (Feature::Tempo, 4, Encoding::Number),
            (Feature::Valence, 2, Encoding::Number),
            (Feature::Popularity, 3, Encoding::Number)
        ]
    );
}

#[test]
fn first_alias_wins_and_it_is_said() {
    let columns = found("song,artist,energy,Positiveness,valence,track_name,artists,artist");
    assert_eq!((columns.title, columns.artist), (5, 6));
    assert_eq!(columns.features[1], (Feature::Valence, 4, Encoding::Number));
    assert_eq!(
        columns.warnings,
        [
            "artist is taken from column 7 (\"artists\"), and not from \"artist\", \"artist\"; to change that: --column \
             artist=artist",
            "title is taken from column 6 (\"track_name\"), and not from \"song\"; to change that: --column title=song",
            "valence is taken from column 5 (\"valence\"), and not from \"Positiveness\"; to change that: --column \
             valence=Positiveness",
        ]
    );
}

#[test]
fn unnamed_column_is_no_column_that_matters() {
    assert_eq!(found(",song,artist,energy,tempo").title, 1);
    assert_eq!(found("Unnamed: 0,song,artist,energy,tempo").title, 1);
}

#[test]
fn length_column_is_read_as_a_length_and_duration_ms_as_a_number() {
    let features = Some(&[Feature::DurationMs, Feature::Energy][..]);
    for (length, form) in
        [("Length", Encoding::Length), ("duration", Encoding::Length), ("Duration (ms)", Encoding::Number)]
    {
        let columns = find(&format!("song,artist,energy,{length}"), features).expect("found");
        assert_eq!(columns.features, [(Feature::DurationMs, 3, form), (Feature::Energy, 2, Encoding::Number)]);
    }
}

#[test]
fn missing_column_is_named_beside_those_that_are_there() {
    for (header, column) in [("artist,energy,tempo", "title"), ("song,energy,tempo", "artist")] {
        let error = find(header, None).expect_err("a column is missing");
        assert!(matches!(&error, Error::MissingColumn { column: c, .. } if *c == column), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("no {column} column")) && text.contains("\"energy\", \"tempo\""), "{text}");
    }
    let error = find("song,artist,energy,tempo", Some(&[Feature::Energy, Feature::Valence])).expect_err("no valence");
    let text = error.to_string();
    assert!(text.contains("no valence column") && text.contains("positiveness"), "{text}");
    assert!(text.contains("--features"), "{text}");
}

#[test]
fn fewer_than_two_features_are_too_few() {
    let error = find("song,artist,energy,key", None).expect_err("one feature");
    assert!(matches!(&error, Error::TooFewFeatures { found, .. } if *found == [Feature::Energy]), "{error}");
    assert!(error.to_string().contains("\"key\""), "{error}");
}

#[test]
fn message_is_short_whatever_the_header() {
    let header = vec!["x\u{1b}\u{1f3b5}".repeat(100); 1_000];
    let text =
        Columns::find("t.csv", &header, &Sample::default(), &Options::default()).expect_err("no columns").to_string();
    assert!(text.len() < 50 * 60 * 12 && text.contains("and 950 more") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn exportify_is_understood_in_every_language() {
    for header in [
        "رابط الأغنية (URI),اسم الأغنية,أسماء الفنانين,اسم الألبوم,تاريخ إصدار الألبوم,مدة الأغنية (بالمللي ثانية),صريح,الطاقة,الإيقاع",
        "Track-URI,Track-Name,Künstlername(n),Album-Name,Veröffentlichungsdatum des Albums,Track-Dauer (ms),Explizit,Energie,Tempo",
        "URI κομματιού,Όνομα κομματιού,Όνομα/τα καλλιτέχνη,Όνομα άλμπουμ,Ημερομηνία κυκλοφορίας άλμπουμ,Διάρκεια κομματιού (ms),Ακατάλληλο,Ενέργεια,Ρυθμός",
        "URI de la canción,Nombre de la canción,Nombre(s) del artista,Nombre del álbum,Fecha de lanzamiento del álbum,Duración de la canción (ms),Explícito,Energía,Tempo",
        "URI du titre,Nom du titre,Nom(s) de l'artiste,Nom de l'album,Date de sortie de l'album,Durée du titre (ms),Explicite,Énergie,Tempo",
        "URI della traccia,Nome della traccia,Nome dell'artista,Nome dell'album,Data di rilascio dell'album,Durata della traccia (ms),Esplicito,Energia,Tempo",
        "トラックURI,トラック名,アーティスト名,アルバム名,アルバム発売日,トラックの長さ（ミリ秒）,明示的な内容,エネルギー,テンポ",
        "Nummer URI,Nummernaam,Naam van artiest,Naam van album,Releasedatum van het album,Nummerduur (ms),Expliciet,Energie,Tempo",
        "URI da faixa,Nome da faixa,Nome(s) do artista,Nome do álbum,Data de lançamento do álbum,Duração da faixa (ms),Explícita,Energia,Tempo",
        "Låtens URI,Låtens namn,Artistens namn,Albumets namn,Albumets releasedatum,Låtlängd (ms),Explicit,Energi,Tempo",
        "Parça URI,Parça Adı,Sanatçı Adı,Albüm Adı,Albüm Çıkış Tarihi,Parça Süresi (ms),Açık İçerik,Enerji,Tempo",
        "曲目 URI,曲目名称,艺人名称,专辑名称,专辑发行日期,曲目时长（毫秒）,含露骨内容,能量,速度",
        "曲目 URI,曲目名稱,藝人名稱,專輯名稱,專輯發行日期,曲目長度（毫秒）,含露骨內容,能量,速度",
        "歌 Link,歌名,Artist 名,專輯名,專輯發行日,曲目時長（毫秒）,家長指引,能量,速度",
    ] {
        let columns = found(header);
        assert_eq!((columns.id, columns.title, columns.artist), (Some(0), 1, 2), "{header}");
        assert_eq!((columns.album, columns.year, columns.explicit), (Some(3), Some(4), Some(6)), "{header}");
        assert_eq!(columns.duration, Some((5, Encoding::Number)), "{header}");
        let features = [(Feature::Energy, 7, Encoding::Number), (Feature::Tempo, 8, Encoding::Number)];
        assert_eq!(columns.features, features, "{header}");
        assert!(columns.unused.is_empty() && columns.warnings.is_empty(), "{header}");
    }
}
