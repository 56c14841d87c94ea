//! The folder of one meeting. Every file appears whole: it is written beside its place and moved there.

use super::window::{Segment, Track, Tracks, master};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Where the window is kept.
const KEPT: &str = "window.json";
const MASTER: &str = "index.m3u8";
/// A folder that nobody writes to any more is kept so long for players that are behind.
const STAYS: Duration = Duration::from_secs(60);

/// See the module's text.
pub struct Folder {
    path: PathBuf,
    tracks: Tracks,
}

impl Folder {
    /// Opens the folder, going on where another process was.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        let kept = fs::read(path.join(KEPT)).ok();
        let tracks = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
        if tracks.is_none() {
            // Nobody knows what these files are.
            clear(&path)?;
        }
        Ok(Self { path, tracks: tracks.unwrap_or_default() })
    }

    /// Whether players have something to go on from.
    pub fn has_segments(&self) -> bool {
        !self.tracks.video.is_empty()
    }

    /// Adds a file that segments begin with.
    ///
    /// # Errors
    /// The file system's.
    pub fn put_init(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.put(name, bytes)
    }

    /// Adds a segment and names it.
    ///
    /// # Errors
    /// The file system's.
    pub fn put_segment(&mut self, track: Track, segment: Segment, bytes: &[u8]) -> io::Result<()> {
        self.put(&segment.name, bytes)?;
        let gone = self.tracks.of(track).push(segment);
        let kept = serde_json::to_vec(&self.tracks).map_err(io::Error::other)?;
        self.put(KEPT, &kept)?;
        let playlist = self.tracks.of(track).playlist(false);
        self.put(track.playlist(), playlist.as_bytes())?;
        for name in gone {
            // One that is gone already is gone.
            let _ = fs::remove_file(self.path.join(name));
        }
        Ok(())
    }

    /// Names both playlists, once there is something in each.
    ///
    /// # Errors
    /// The file system's.
    pub fn put_master(&self, codec: &str, size: Option<(i32, i32)>, bandwidth_bps: u64) -> io::Result<()> {
        self.put(MASTER, master(codec, size, bandwidth_bps).as_bytes())
    }

    /// Says that nothing more comes.
    ///
    /// # Errors
    /// The file system's.
    pub fn end(&mut self) -> io::Result<()> {
        for track in Track::ALL {
            let playlist = self.tracks.of(track).playlist(true);
            self.put(track.playlist(), playlist.as_bytes())?;
        }
        // The next meeting of that name begins anew.
        fs::remove_file(self.path.join(KEPT))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let beside = self.path.join(format!(".{name}"));
        fs::write(&beside, bytes)?;
        fs::rename(&beside, self.path.join(name))
    }
}

fn clear(path: &Path) -> io::Result<()> {
    for file in fs::read_dir(path)? {
        fs::remove_file(file?.path())?;
    }
    Ok(())
}

/// Removes the folders in `root` that nobody has written to for a while; `is_live` says which go out now.
///
/// # Errors
/// `root` cannot be read.
pub fn sweep(root: &Path, now: SystemTime, is_live: impl Fn(&str) -> bool) -> io::Result<()> {
    for folder in fs::read_dir(root)? {
        let folder = folder?;
        let name = folder.file_name();
        let age = folder.metadata()?.modified().ok().and_then(|at| now.duration_since(at).ok());
        if name.to_str().is_some_and(&is_live) || age.is_none_or(|age| age < STAYS) {
            continue;
        }
        if let Err(error) = fs::remove_dir_all(folder.path()) {
            tracing::warn!(folder = %folder.path().display(), %error, "files of a meeting that is over stay");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("diemcau-hls-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn segment(name: &str, is_break: bool) -> Segment {
        Segment { name: name.into(), init: "v1.mp4".into(), duration_us: 2_000_000, began_ms: 0, is_break }
    }

    #[test]
    fn another_process_goes_on_and_after_the_end_a_meeting_begins_anew() {
        let path = scratch("goes-on");
        let mut first = Folder::open(path.clone()).expect("a folder");
        assert!(!first.has_segments());
        first.put_segment(Track::Video, segment("v1-0.m4s", false), b"x").expect("written");
        let mut second = Folder::open(path.clone()).expect("a folder");
        assert!(second.has_segments());
        second.put_segment(Track::Video, segment("v2-0.m4s", true), b"y").expect("written");
        let playlist = fs::read_to_string(path.join("video.m3u8")).expect("a playlist");
        assert!(playlist.contains("v1-0.m4s") && playlist.contains("v2-0.m4s"), "{playlist}");
        second.end().expect("ended");
        assert!(fs::read_to_string(path.join("video.m3u8")).expect("a playlist").contains("ENDLIST"));
        assert!(!Folder::open(path.clone()).expect("a folder").has_segments());
        assert_eq!(fs::read_dir(&path).expect("a folder").count(), 0);
        fs::remove_dir_all(path).expect("removed");
    }

    #[test]
    fn folders_go_a_minute_after_the_last_word_unless_they_go_out() {
        let root = scratch("sweep");
        for name in ["demo", "giao-ban"] {
            Folder::open(root.join(name)).expect("a folder");
        }
        let is_live = |name: &str| name == "demo";
        sweep(&root, SystemTime::now(), is_live).expect("swept");
        assert!(root.join("giao-ban").is_dir());
        sweep(&root, SystemTime::now() + 2 * STAYS, is_live).expect("swept");
        assert!(root.join("demo").is_dir() && !root.join("giao-ban").exists());
        fs::remove_dir_all(root).expect("removed");
    }
}
