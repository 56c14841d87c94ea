//! Text without diacritics and case, so that "Giao bán" is found by "giao ban".
//!
//! Called where texts are kept to be searched and where a search begins. Pure.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without marks, đ as d, single spaces.
pub(crate) fn fold(text: &str) -> String {
    let bare = text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    let plain: String = bare.map(|letter| if letter == 'đ' { 'd' } else { letter }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn marks_case_and_d_with_stroke_do_not_count() {
        assert_eq!(fold("  Họp  GIAO BAN tuần,\tĐồng chí "), "hop giao ban tuan, dong chi");
        // The same in two code points.
        assert_eq!(fold("ho\u{323}p"), fold("họp"));
    }
}
