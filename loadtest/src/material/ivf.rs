//! Frames of an IVF file, the plain container in which libvpx and FFmpeg write VP8.
//!
//! Called by `Film::read`. Trusts no length in the file.

const FILE_HEAD: usize = 32;
const FRAME_HEAD: usize = 12;

/// The frames in order; `None` for a file that is none or is cut off.
pub fn frames(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    if bytes.get(..4)? != b"DKIF" {
        return None;
    }
    let mut rest = bytes.get(FILE_HEAD..)?;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        frames.push(rest.get(FRAME_HEAD..FRAME_HEAD.checked_add(len)?)?);
        rest = &rest[FRAME_HEAD + len..];
    }
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        let mut file = b"DKIF".to_vec();
        file.resize(FILE_HEAD, 0);
        for frame in [&b"one"[..], b"three"] {
            file.extend((frame.len() as u32).to_le_bytes());
            file.extend([0; 8]);
            file.extend(frame);
        }
        assert_eq!(frames(&file), Some(vec![&b"one"[..], b"three"]));
        assert_eq!(frames(&file[..file.len() - 1]), None);
        assert_eq!(frames(b"RIFF"), None);
    }
}
