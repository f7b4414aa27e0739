//! Files that are there whole or not at all: written aside, then renamed. What is no regular file, such as a pipe or
//! `/dev/null`, is written through.

use std::{
    fs::Metadata,
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
/// own. `-` and the standard output by another name are written through, as what is no regular file is.
///
/// # Errors
///
/// Where the folder cannot be made, or the file cannot be written; what was there before is then still there.
pub fn write_with(path: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> Result<(), Error> {
    stage(path, write)?.map_or(Ok(()), Staged::commit)
}

/// Whether the path is the standard output: `-`, or what the system calls it.
pub fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Writes files that belong together: each beside its place, and when all are complete each into its place. Where one
/// cannot be written, none is changed.
///
/// # Errors
///
/// As [`write_with`].
pub fn write_all<'a>(files: impl IntoIterator<Item = (PathBuf, &'a [u8])>) -> Result<(), Error> {
    let mut staged = Vec::new();
    for (path, bytes) in files {
        staged.extend(stage(&path, |file| file.write_all(bytes))?);
    }
    staged.into_iter().try_for_each(Staged::commit)
}

/// Whether files can be made in a folder, which need not be there yet: asked before work that would be lost.
///
/// # Errors
///
/// Where they cannot.
pub fn check_folder(folder: &Path) -> Result<(), Error> {
    let there = folder.ancestors().find(|folder| folder.symlink_metadata().is_ok());
    let there = there.filter(|there| !there.as_os_str().is_empty()).unwrap_or(Path::new("."));
    new_beside(there).map(drop).map_err(|source| Error { path: folder.to_owned(), source })
}

/// Whether a file can be written, as far as can be told before it is.
///
/// # Errors
///
/// Where it cannot.
pub fn check_file(path: &Path) -> Result<(), Error> {
    let failed = |source| Error { path: path.to_owned(), source };
    match Target::of(path).map_err(failed)? {
        Target::Stdout | Target::Through(_) => Ok(()),
        Target::File { path, .. } => check_folder(parent(&path)),
    }
}

/// What a path leads to.
enum Target {
    Stdout,
    /// A device or a pipe.
    Through(PathBuf),
    /// A regular file, which may not be there yet.
    File {
        path: PathBuf,
        before: Option<Metadata>,
    },
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        if is_stdout(path) {
            return Ok(Self::Stdout);
        }
        // Where links lead to, if anywhere.
        let target = match std::fs::canonicalize(path) {
            Ok(target) => target,
            Err(_) if path.symlink_metadata().is_ok_and(|found| found.is_symlink()) && !path.exists() => {
                return Err(io::Error::other("it is a symbolic link that leads to no file"));
            }
            Err(_) => path.to_owned(),
        };
        match std::fs::metadata(&target).ok() {
            Some(before) if before.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Some(before) if !before.is_file() => Ok(Self::Through(target)),
            before => Ok(Self::File { path: target, before }),
        }
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that is complete, beside the one whose place it is to take.
struct Staged {
    aside: NamedTempFile,
    target: PathBuf,
    /// As the user named it.
    path: PathBuf,
    _noted: TempFile,
}

impl Staged {
    fn commit(self) -> Result<(), Error> {
        let Self { aside, target, path, _noted } = self;
        aside.persist(&target).map(drop).map_err(|error| Error { path, source: error.error })
    }
}

/// Writes a file beside its place; nothing where it was written through.
fn stage(path: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> Result<Option<Staged>, Error> {
    let failed = |source| Error { path: path.to_owned(), source };
    let (target, before) = match Target::of(path).map_err(failed)? {
        Target::Stdout => {
            let mut buffered = io::BufWriter::new(io::stdout());
            return write(&mut buffered).and_then(|()| buffered.flush()).map(|()| None).map_err(failed);
        }
        Target::Through(target) => {
            let through = std::fs::OpenOptions::new().write(true).open(&target).map_err(failed)?;
            let mut buffered = io::BufWriter::new(through);
            return write(&mut buffered).and_then(|()| buffered.flush()).map(|()| None).map_err(failed);
        }
        Target::File { path, before } => (path, before),
    };
    let folder = parent(&target);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let (mut aside, noted) = TempFile::new(|| {
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
    Ok(Some(Staged { aside, target, path: path.to_owned(), _noted: noted }))
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

    #[test]
    fn of_files_that_belong_together_all_change_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        let both = |bytes: &'static [u8]| [(first.clone(), bytes), (second.clone(), bytes)];
        write_all(both(b"before")).expect("writes");
        // A folder takes no file's place.
        std::fs::remove_file(&second).and_then(|()| std::fs::create_dir(&second)).expect("a folder");
        let error = write_all(both(b"after")).expect_err("no file").to_string();
        assert!(error.contains("second"), "{error}");
        assert_eq!(std::fs::read(&first).expect("reads"), b"before");
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 2, "something is left over");
        std::fs::remove_dir(&second).expect("removes");
        write_all(both(b"after")).expect("writes");
        assert_eq!(
            (std::fs::read(first).ok(), std::fs::read(second).ok()),
            (Some(b"after".into()), Some(b"after".into()))
        );
    }

    #[test]
    fn what_could_not_be_written_is_known_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("writes");
        for bad in [file.join("below"), file.join("below/further")] {
            assert!(check_folder(&bad).is_err(), "{}", bad.display());
            assert!(check_file(&bad).is_err(), "{}", bad.display());
        }
        assert!(check_folder(&file).is_err() && check_file(folder.path()).is_err());
        assert!(check_folder(&folder.path().join("new/further")).is_ok() && check_file(&file).is_ok());
        assert!(check_file(&folder.path().join("new/further/file")).is_ok() && check_file(Path::new("-")).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1, "something is left over");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_refused_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).expect("links");
        let error = write(&link, b"x").expect_err("no file").to_string();
        assert!(error.contains("leads to no file"), "{error}");
        assert!(check_file(&link).is_err());
        assert!(std::fs::symlink_metadata(&link).expect("is there").is_symlink());
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
