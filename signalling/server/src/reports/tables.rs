//! Writes a sheet as CSV and as XLSX.
//!
//! Called by `sheet`. CSV holds the table alone and begins with a byte-order mark: Excel takes it for
//! UTF-8 only then.

use super::sheet::{Cell, Sheet};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) fn csv(sheet: &Sheet) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    let columns = sheet.columns.iter().map(|column| column.name.to_owned());
    // Writing to memory does not fail.
    let _ = writer.write_record(columns);
    for row in &sheet.rows {
        let _ = writer.write_record(row.iter().map(|cell| harmless(&cell.shown())));
    }
    writer.into_inner().unwrap_or_default()
}

/// A spreadsheet calculates what begins like a formula; words of people are none.
fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

pub(super) fn xlsx(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    let page = workbook.add_worksheet();
    page.set_name("Báo cáo")?;
    page.write_with_format(0, 0, &sheet.title, &bold)?;
    let mut line = 1;
    for (name, value) in &sheet.facts {
        page.write(line, 0, *name)?.write(line, 1, value)?;
        line += 1;
    }
    line += 1;
    for (place, column) in (0_u16..).zip(&sheet.columns) {
        page.set_column_width(place, f64::from(column.share) * 1.3)?;
        page.write_with_format(line, place, column.name, &bold)?;
    }
    for row in &sheet.rows {
        line += 1;
        for (place, cell) in (0_u16..).zip(row) {
            match cell {
                // Written as a string, never as a formula.
                Cell::Text(text) => page.write_string_with_format(line, place, text, &wrapped)?,
                // Counts of people and minutes are far below 2^53.
                Cell::Number(number) => page.write_number(line, place, *number as f64)?,
                Cell::Nothing => continue,
            };
        }
    }
    workbook.save_to_buffer()
}
