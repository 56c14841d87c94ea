//! Writes a sheet as PDF: A4 across, the header of the table on every page.
//!
//! Called by `sheet`. The font is embedded whole with a map back to Unicode, so the text can be searched
//! and copied. A letter that it lacks is shown as its box and kept in the map as what it is not: a gap.

use super::sheet::Sheet;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use ttf_parser::{Face, GlyphId};

const FONT: &[u8] = include_bytes!("../../fonts/inter-vi.ttf");
const WIDTH: f32 = 842.0;
const HEIGHT: f32 = 595.0;
const MARGIN: f32 = 36.0;
const GAP: f32 = 4.0;
const TITLE: f32 = 16.0;
const FACT: f32 = 9.5;
const CELL: f32 = 8.0;
/// Stacked marks (Ế, Ậ) need more than the usual 1.2.
const LEADING: f32 = 1.4;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const FONT_0: Ref = Ref::new(3);
const FONT_CID: Ref = Ref::new(4);
const FONT_DESCRIPTOR: Ref = Ref::new(5);
const FONT_FILE: Ref = Ref::new(6);
const FONT_MAP: Ref = Ref::new(7);
/// Each page takes this number and the next: page and content.
const FIRST_PAGE: i32 = 8;
const FONT_NAME: Name<'static> = Name(b"DCVIET+Inter-Regular");
const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The whole file.
pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let face = Face::parse(FONT, 0).expect("the embedded font is read by a test");
    let mut paper = Paper::new(&face);
    paper.line(&sheet.title, TITLE);
    for (name, value) in &sheet.facts {
        paper.line(&format!("{name}: {value}"), FACT);
    }
    paper.down(CELL);
    let total: u16 = sheet.columns.iter().map(|column| column.share).sum();
    let room = WIDTH - 2.0 * MARGIN;
    let widths: Vec<f32> =
        sheet.columns.iter().map(|column| room * f32::from(column.share) / f32::from(total.max(1))).collect();
    let header: Vec<String> = sheet.columns.iter().map(|column| column.name.to_owned()).collect();
    paper.row(&header, &widths, None);
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(super::sheet::Cell::shown).collect();
        paper.row(&cells, &widths, Some(&header));
    }
    paper.finish()
}

/// Pages being filled from the top.
struct Paper<'a> {
    face: &'a Face<'a>,
    done: Vec<Vec<u8>>,
    page: Content,
    y: f32,
    /// The glyphs that were used, with what they mean.
    used: BTreeMap<u16, char>,
}

impl<'a> Paper<'a> {
    fn new(face: &'a Face<'a>) -> Self {
        Self { face, done: Vec::new(), page: Content::new(), y: HEIGHT - MARGIN, used: BTreeMap::new() }
    }

    fn down(&mut self, by: f32) {
        self.y -= by;
    }

    fn turn_page(&mut self) {
        let page = std::mem::replace(&mut self.page, Content::new());
        self.done.push(page.finish().into_vec());
        self.y = HEIGHT - MARGIN;
    }

    fn line(&mut self, text: &str, size: f32) {
        for line in self.wrapped(text, size, WIDTH - 2.0 * MARGIN) {
            if self.y - size * LEADING < MARGIN {
                self.turn_page();
            }
            self.y -= size * LEADING;
            self.show(&line, MARGIN, self.y, size);
        }
    }

    /// One row of the table; `header` comes again on a new page.
    fn row(&mut self, cells: &[String], widths: &[f32], header: Option<&[String]>) {
        let lines: Vec<Vec<String>> =
            cells.iter().zip(widths).map(|(cell, width)| self.wrapped(cell, CELL, width - GAP)).collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or(1).max(1) as f32 * CELL * LEADING + GAP;
        if self.y - height < MARGIN
            && let Some(header) = header
        {
            self.turn_page();
            self.row(header, widths, None);
        }
        let top = self.y;
        let mut x = MARGIN;
        for (lines, width) in lines.iter().zip(widths) {
            let mut y = top;
            for line in lines {
                y -= CELL * LEADING;
                // A list of names may be longer than a page; what fits stands there, the table forms hold all.
                if y > MARGIN / 2.0 {
                    self.show(line, x, y, CELL);
                }
            }
            x += width;
        }
        self.y = top - height;
        self.page.set_line_width(0.4);
        self.page.move_to(MARGIN, self.y).line_to(WIDTH - MARGIN, self.y).stroke();
    }

    fn show(&mut self, text: &str, x: f32, y: f32, size: f32) {
        let mut glyphs = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let glyph = self.face.glyph_index(letter).unwrap_or(GlyphId(0)).0;
            if glyph != 0 {
                self.used.insert(glyph, letter);
            }
            glyphs.extend(glyph.to_be_bytes());
        }
        self.page.begin_text().set_font(Name(b"F"), size).next_line(x, y).show(Str(&glyphs)).end_text();
    }

    fn wide(&self, text: &str, size: f32) -> f32 {
        let of =
            |letter| self.face.glyph_index(letter).and_then(|g| self.face.glyph_hor_advance(g)).unwrap_or(0);
        let units: u32 = text.chars().map(|letter| u32::from(of(letter))).sum();
        units as f32 * size / f32::from(self.face.units_per_em())
    }

    /// Breaks at spaces and line ends, and within a word only when it is wider than the room.
    fn wrapped(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.wide(&longer, size) <= room {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for letter in word.chars() {
                    line.push(letter);
                    if self.wide(&line, size) > room && line.chars().count() > 1 {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, letter.to_string()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }

    fn finish(mut self) -> Vec<u8> {
        self.turn_page();
        let mut pdf = Pdf::new();
        pdf.catalog(CATALOG).pages(PAGES).lang(pdf_writer::TextStr("vi"));
        let count = i32::try_from(self.done.len()).unwrap_or(i32::MAX / 4);
        let page = |number: i32| Ref::new(FIRST_PAGE + 2 * number);
        pdf.pages(PAGES).kids((0..count).map(page)).count(count);
        for (number, content) in (0..count).zip(&self.done) {
            let (own, stream) = (page(number), Ref::new(page(number).get() + 1));
            let mut written = pdf.page(own);
            written.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(PAGES).contents(stream);
            written.resources().fonts().pair(Name(b"F"), FONT_0);
            written.finish();
            pdf.stream(stream, content);
        }
        self.write_font(&mut pdf);
        pdf.finish()
    }

    fn write_font(&self, pdf: &mut Pdf) {
        let face = self.face;
        let scale = |units: i16| f32::from(units) * 1000.0 / f32::from(face.units_per_em());
        pdf.type0_font(FONT_0)
            .base_font(FONT_NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(FONT_CID)
            .to_unicode(FONT_MAP);
        let mut cid = pdf.cid_font(FONT_CID);
        cid.subtype(CidFontType::Type2).base_font(FONT_NAME).system_info(SYSTEM);
        cid.font_descriptor(FONT_DESCRIPTOR).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for glyph in self.used.keys() {
            let advance = face.glyph_hor_advance(GlyphId(*glyph)).unwrap_or(0);
            let advance = f32::from(advance) * 1000.0 / f32::from(face.units_per_em());
            widths.consecutive(*glyph, [advance]);
        }
        widths.finish();
        cid.finish();
        let bounds = face.global_bounding_box();
        pdf.font_descriptor(FONT_DESCRIPTOR)
            .name(FONT_NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                scale(bounds.x_min),
                scale(bounds.y_min),
                scale(bounds.x_max),
                scale(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(scale(face.ascender()))
            .descent(scale(face.descender()))
            .cap_height(scale(face.capital_height().unwrap_or(face.ascender())))
            .stem_v(80.0)
            .font_file2(FONT_FILE);
        pdf.stream(FONT_FILE, FONT);
        let mut map = UnicodeCmap::new(FONT_NAME, SYSTEM);
        for (glyph, letter) in &self.used {
            map.pair(*glyph, *letter);
        }
        pdf.cmap(FONT_MAP, &map.finish());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_has_every_vietnamese_letter() {
        let face = Face::parse(FONT, 0).expect("a font");
        let marked = "ĂÂĐÊÔƠƯăâđêôơưÀẢÃÁẠằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ–…•";
        for letter in
            marked.chars().flat_map(|letter| [letter, letter.to_uppercase().next().unwrap_or(letter)])
        {
            assert!(face.glyph_index(letter).is_some(), "{letter}");
        }
    }
}
