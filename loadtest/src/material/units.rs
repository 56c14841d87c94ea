//! The films as access units, for those who decode them.
//!
//! Called by the program that composes pictures. The same files as [`super::Film`], before they are cut into
//! payloads.

use super::{Size, annex_b, contents, failed, ivf};
use crate::client::Codec;
use crate::error::Failure;
use std::path::Path;

/// One size of the film, an access unit for each picture; H.264 with start codes and delimiters.
///
/// # Errors
/// `File` when it cannot be read or is cut off.
pub fn access_units(folder: &Path, codec: Codec, size: Size) -> Result<Vec<Vec<u8>>, Failure> {
    let ending = if codec == Codec::Vp8 { "ivf" } else { "h264" };
    let file = folder.join(format!("{}-{}.{ending}", codec.name(), size.stem()));
    let bytes = contents(&file)?;
    let units: Option<Vec<Vec<u8>>> = match codec {
        Codec::Vp8 => ivf::frames(&bytes).map(|frames| frames.into_iter().map(<[u8]>::to_vec).collect()),
        Codec::H264 => annex_b::pictures(&bytes).map(|pictures| pictures.iter().map(|it| unit(it)).collect()),
    };
    units.filter(|it| !it.is_empty()).ok_or_else(|| failed(&file, format!("no {} film", codec.name())))
}

/// A delimiter for any kind of picture (H.264 section 7.4.2.4), then the units.
fn unit(units: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 1, 9, 0xf0];
    for unit in units {
        bytes.extend_from_slice(&[0, 0, 0, 1]);
        bytes.extend_from_slice(unit);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_can_be_found_again_in_a_stream_of_them() {
        let stream = [unit(&[&[0x67, 1], &[0x65, 2, 3]]), unit(&[&[0x41, 4]])].concat();
        let expected: Vec<Vec<&[u8]>> = vec![vec![&[0x67, 1], &[0x65, 2, 3]], vec![&[0x41, 4]]];
        assert_eq!(annex_b::pictures(&stream), Some(expected));
    }
}
