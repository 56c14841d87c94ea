//! Packets of an Ogg file with one stream (RFC 3533).
//!
//! Called by `Voice::open`. Checksums are not looked at: set-up has written the file just before.

/// The packets in order, headings included; `None` for what is no Ogg or is cut off.
pub fn packets(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut packets = Vec::new();
    let mut open = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if rest.get(..4)? != b"OggS" {
            return None;
        }
        let count = usize::from(*rest.get(26)?);
        let laces = rest.get(27..27 + count)?;
        rest = &rest[27 + count..];
        for lace in laces {
            let (piece, after) = rest.split_at_checked(usize::from(*lace))?;
            open.extend_from_slice(piece);
            rest = after;
            // A piece of 255 bytes goes on in the next one (section 5).
            if *lace < 255 {
                packets.push(std::mem::take(&mut open));
            }
        }
    }
    Some(packets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_goes_on_over_the_end_of_a_page() {
        let page = |laces: &[u8], body: &[u8]| {
            let mut page = b"OggS".to_vec();
            page.resize(26, 0);
            page.push(laces.len() as u8);
            page.extend(laces);
            page.extend(body);
            page
        };
        let long = [7_u8; 255];
        let file = [page(&[2, 255], &[&[1, 2], &long[..]].concat()), page(&[1, 0], &[8])].concat();
        let packets = packets(&file).expect("two pages");
        assert_eq!(packets.iter().map(Vec::len).collect::<Vec<_>>(), [2, 256, 0]);
    }
}
