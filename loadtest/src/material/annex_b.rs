//! Pictures of an H.264 byte stream (H.264 annex B) with access unit delimiters.
//!
//! Called by `Film::read`. Knows no syntax below the NAL unit type.

const DELIMITER: u8 = 9;

/// NAL units of each picture, delimiters left out; `None` when the stream does not begin with one.
pub fn pictures(bytes: &[u8]) -> Option<Vec<Vec<&[u8]>>> {
    let mut pictures: Vec<Vec<&[u8]>> = Vec::new();
    for unit in units(bytes) {
        if unit[0] & 0x1f == DELIMITER {
            pictures.push(Vec::new());
        } else {
            pictures.last_mut()?.push(unit);
        }
    }
    pictures.retain(|it| !it.is_empty());
    (!pictures.is_empty()).then_some(pictures)
}

/// What stands between start codes, without the zeros that may precede the next one.
fn units(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(3).position(|it| it == [0, 0, 1]) {
        at += found + 3;
        starts.push(at);
    }
    let ends = starts.iter().skip(1).map(|start| start - 3).chain([bytes.len()]);
    let trimmed = |unit: &'_ [u8]| unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &bytes[*start..end])
        .map(|unit| &unit[..trimmed(unit)])
        .filter(|unit| !unit.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_part_pictures_and_are_left_out() {
        let stream = [
            0, 0, 0, 1, 9, 0x10, 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 2, 3, 0, 0, 0, 1, 9, 0x30, 0, 0, 1,
            0x41, 4,
        ];
        let expected: Vec<Vec<&[u8]>> = vec![vec![&[0x67, 1], &[0x65, 2, 3]], vec![&[0x41, 4]]];
        assert_eq!(pictures(&stream), Some(expected));
        assert_eq!(pictures(&stream[22..]), None, "a stream that begins inside a picture");
    }
}
