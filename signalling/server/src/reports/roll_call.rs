//! The roll-call sheet (phiếu điểm danh điểm cầu).
//!
//! Called by `http::reports` with the conference as its journal has led to it.

use super::sheet::{Cell, Column, Sheet};
use super::words;
use conference::roll_call::SiteResult;
use conference::view::ConferenceView;

const COLUMNS: [Column; 10] = [
    Column { name: "STT", share: 4 },
    Column { name: "Mã điểm cầu", share: 14 },
    Column { name: "Điểm cầu", share: 18 },
    Column { name: "Cụm", share: 14 },
    Column { name: "Kết quả", share: 9 },
    Column { name: "Mã kết quả", share: 8 },
    Column { name: "Số người", share: 5 },
    Column { name: "Họ tên đại biểu", share: 16 },
    Column { name: "Ghi chú", share: 14 },
    Column { name: "Giờ điểm danh", share: 12 },
];

/// The sheet of the newest roll call.
pub(crate) fn roll_call(view: &ConferenceView) -> Sheet {
    let count = |wanted: Option<SiteResult>| view.sites.iter().filter(|site| site.result == wanted).count();
    let of = |result| count(Some(result)).to_string();
    let people: u64 = view.sites.iter().filter_map(|site| site.people).map(u64::from).sum();
    let excused =
        |site: &&conference::view::SiteView| site.result == Some(SiteResult::Absent) && !site.note.is_empty();
    let mut facts = vec![("Cuộc họp", view.info.title.clone())];
    if !view.info.label.is_empty() {
        facts.push(("Độ mật", view.info.label.clone()));
    }
    if let Some(roll) = &view.roll_call {
        facts.push(("Lần điểm danh", roll.number.to_string()));
        facts.push(("Bắt đầu", words::time(roll.started_ms)));
    }
    facts.extend([
        ("Điểm cầu được mời", view.sites.len().to_string()),
        ("Đạt", of(SiteResult::Present)),
        ("Không tiếng", of(SiteResult::NoSound)),
        ("Không hình", of(SiteResult::NoPicture)),
        ("Vắng", of(SiteResult::Absent)),
        ("Vắng có lý do", view.sites.iter().filter(excused).count().to_string()),
        ("Chưa điểm danh", count(None).to_string()),
        ("Tổng số đại biểu", people.to_string()),
    ]);
    let row = |(place, site): (usize, &conference::view::SiteView)| {
        vec![
            Cell::Number(place as u64 + 1),
            Cell::Text(site.id.to_string()),
            Cell::Text(site.name.clone()),
            Cell::Text(site.group.clone()),
            Cell::Text(words::result(site.result).to_owned()),
            Cell::Text(words::code(site.result).to_owned()),
            site.people.map_or(Cell::Nothing, |people| Cell::Number(people.into())),
            Cell::Text(site.names.clone()),
            Cell::Text(site.note.clone()),
            site.marked_ms.map_or(Cell::Nothing, |at| Cell::Text(words::time(at))),
        ]
    };
    Sheet {
        title: "Phiếu điểm danh điểm cầu".to_owned(),
        facts,
        columns: COLUMNS.to_vec(),
        rows: view.sites.iter().enumerate().map(row).collect(),
    }
}
