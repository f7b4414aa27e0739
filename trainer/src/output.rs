//! Files that are there whole or not at all: written aside, then renamed.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::interrupt::Aside;

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}; check that the folder exists, is writable and has room")]
pub struct Error {
    path: PathBuf,
    source: io::Error,
}

/// Writes a file whole: `write` fills one beside it, which takes its place when it is complete.
///
/// # Errors
///
/// Where the folder cannot be made, or the file cannot be written; what was there before is then still there.
pub fn write_with(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let failed = |source| Error { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let (mut aside, _noted) = Aside::new(|| {
        let file = NamedTempFile::new_in(folder)?;
        let path = file.path().to_owned();
        Ok((file, path))
    })
    .map_err(failed)?;
    let mut buffered = io::BufWriter::new(aside.as_file_mut());
    write(&mut buffered).and_then(|()| buffered.flush()).map_err(failed)?;
    drop(buffered);
    // A temporary file is its owner's alone; an artifact is as readable as any other file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        aside.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    aside.as_file().sync_all().map_err(failed)?;
    aside.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes bytes whole.
///
/// # Errors
///
/// As [`write_with`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_with(path, |file| file.write_all(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/file");
        write(&path, b"before").expect("writes");
        let failed = write_with(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).expect("reads"), b"before");
        assert_eq!(std::fs::read_dir(folder.path().join("new")).expect("lists").count(), 1, "something is left over");
    }
}
