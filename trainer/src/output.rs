//! Files that are there whole or not at all: written aside, then renamed. What is no regular file, such as a pipe or
//! `/dev/null`, is written through.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::interrupt::TempFile;

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}; check that the folder exists, is writable and has room")]
pub struct Error {
    path: PathBuf,
    source: io::Error,
}

/// Writes a file whole: `write` fills one beside it, which takes its place when it is complete. A symbolic link stays one:
/// the file that it leads to is written. A new file has the permissions that the umask leaves, one that was there keeps its
/// own.
///
/// # Errors
///
/// Where the folder cannot be made, or the file cannot be written; what was there before is then still there.
pub fn write_with(path: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> Result<(), Error> {
    let failed = |source| Error { path: path.to_owned(), source };
    // Where links lead to, if anywhere.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = std::fs::metadata(&target).ok();
    if before.as_ref().is_some_and(|before| !before.is_file() && !before.is_dir()) {
        let through = std::fs::OpenOptions::new().write(true).open(&target).map_err(failed)?;
        let mut buffered = io::BufWriter::new(through);
        return write(&mut buffered).and_then(|()| buffered.flush()).map_err(failed);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let (mut aside, _noted) = TempFile::new(|| {
        let file = new_beside(folder)?;
        let path = file.path().to_owned();
        Ok((file, path))
    })
    .map_err(failed)?;
    let mut buffered = io::BufWriter::new(aside.as_file_mut());
    write(&mut buffered).and_then(|()| buffered.flush()).map_err(failed)?;
    drop(buffered);
    if let Some(before) = before {
        aside.as_file().set_permissions(before.permissions()).map_err(failed)?;
    }
    aside.as_file().sync_all().map_err(failed)?;
    aside.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A new file, as readable as the umask lets any new file be.
fn new_beside(folder: &Path) -> io::Result<NamedTempFile> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    NamedTempFile::new_in(folder)
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

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_through_and_stays_a_pipe() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe)
        });
        write(&pipe, b"through").expect("writes");
        assert!(std::fs::metadata(&pipe).expect("is there").file_type().is_fifo());
        assert_eq!(read.join().expect("reads").expect("reads"), b"through");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_what_it_leads_to_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        write(&file, b"before").expect("writes");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("sets");
        std::os::unix::fs::symlink("file", &link).expect("links");
        write(&link, b"after").expect("writes");
        assert!(std::fs::symlink_metadata(&link).expect("is there").is_symlink());
        assert_eq!(std::fs::read(&file).expect("reads"), b"after");
        assert_eq!(std::fs::metadata(&file).expect("is there").permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_as_readable_as_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"x").expect("writes");
        std::fs::write(&plain, b"x").expect("writes");
        let mode = |path: &Path| std::fs::metadata(path).expect("is there").permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
