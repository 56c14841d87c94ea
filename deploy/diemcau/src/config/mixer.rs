//! Settings of composed pictures: by which library they are encoded, and the logo in their corner.
//!
//! Called by `config::read` and, for the file, by `surroundings`. Whether the library is there is known to
//! `diemcau-mixer` alone, which links it; it reads the picture too, here only its head is looked at.

use super::reader::Reader;
use signalling_server::{H264Encoder, LOGO_FILE_BYTES, LOGO_SIDE_PX};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Signature, length and name of the first part, width, height.
const HEAD: usize = 24;
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Composed pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixer {
    /// By which H.264 is made.
    pub encoder: H264Encoder,
    /// A PNG file.
    pub logo: Option<PathBuf>,
}

pub(super) fn mixer(reader: &mut Reader<'_>) -> Mixer {
    let words = [("x264", H264Encoder::X264), ("openh264", H264Encoder::OpenH264)];
    let encoder = reader.word("mixer.encoder", &words, H264Encoder::default());
    let logo = reader.text("mixer.logo", "");
    Mixer { encoder, logo: (!logo.is_empty()).then(|| PathBuf::from(logo)) }
}

/// Says what keeps a file from being the logo.
pub(super) fn look_at_logo(path: &Path) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("cannot be read ({error})");
    let mut file = File::open(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err("is no file".to_owned());
    }
    if found.len() > LOGO_FILE_BYTES {
        return Err(format!("has {} bytes, at most {LOGO_FILE_BYTES} are taken", found.len()));
    }
    let mut head = [0; HEAD];
    match file.read_exact(&mut head) {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(unreadable(error)),
        Ok(()) if head[..8] == SIGNATURE && head[12..16] == *b"IHDR" => {}
        _ => return Err("is no PNG picture".to_owned()),
    }
    let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (width, height) = (number(16), number(20));
    if width.max(height) > LOGO_SIDE_PX {
        return Err(format!(
            "is {width} × {height} pixels, at most {LOGO_SIDE_PX} × {LOGO_SIDE_PX} are taken"
        ));
    }
    Ok(())
}
