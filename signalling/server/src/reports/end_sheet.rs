//! The end report as one table: a section a row, so that the three forms say the same.
//!
//! Called by `http::reports` with the report that is also told as JSON.

use super::sheet::{Cell, Column, Sheet};
use super::words;
use crate::protocol::end_report::EndReport;

const COLUMNS: [Column; 7] = [
    Column { name: "Mục", share: 10 },
    Column { name: "Thời điểm", share: 13 },
    Column { name: "Họ tên, nội dung", share: 22 },
    Column { name: "Điểm cầu, đơn vị", share: 18 },
    Column { name: "Việc", share: 16 },
    Column { name: "Thời lượng", share: 9 },
    Column { name: "Ghi chú", share: 16 },
];

/// A word of the report in the language of the officials; one that is not known stays as it is.
fn shown(word: &str) -> &str {
    match word {
        "connection_lost" => "Mất kết nối",
        "came_back" => "Kết nối lại",
        "gone_for_good" => "Không kết nối lại",
        "removed" => "Mời ra",
        "chair_missing" => "Vắng người chủ trì",
        "lead_changed" => "Thay người điều hành",
        "floor_lost" => "Mất lượt do mất kết nối",
        "deputy_named" => "Chỉ định người thay",
        "ended" => "Kết thúc cuộc họp",
        "all_muted" => "Tắt tất cả micro",
        "mute_undone" => "Hoàn tác tắt micro",
        "muted" => "Tắt micro",
        "microphones_set" => "Đặt quyền micro",
        "stage_set" => "Đặt sân khấu",
        "picture_arranged" => "Đặt bố cục hình ghép",
        "caption_set" => "Sửa chữ dưới điểm cầu",
        "kind_set" => "Đổi loại cuộc họp",
        "locked" => "Khóa phòng",
        "unlocked" => "Mở khóa phòng",
        "door_opened" => "Mở cửa sớm",
        "cancelled" => "Hủy cuộc họp",
        "restored" => "Khôi phục cuộc họp",
        "admitted" => "Cho vào",
        "floor_granted" => "Mời phát biểu",
        "item_opened" => "Mở nội dung",
        "roll_call_started" => "Bắt đầu điểm danh",
        "roll_call_finished" => "Xong điểm danh",
        other => other,
    }
}

fn result(code: &str) -> &str {
    match code {
        "present" => "Đạt",
        "no_sound" => "Không tiếng",
        "no_picture" => "Không hình",
        "absent" => "Vắng",
        other => other,
    }
}

fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Cell::Nothing } else { Cell::Text(text) }
}

fn time(at_ms: Option<i64>) -> Cell {
    at_ms.map_or(Cell::Nothing, |at| Cell::Text(words::time(at)))
}

fn span(ms: u64) -> Cell {
    Cell::Text(words::span(ms))
}

/// The sheet of `report`.
pub(crate) fn end_sheet(report: &EndReport) -> Sheet {
    let mut rows = Vec::new();
    for person in &report.people {
        let left = person.left_ms.map_or_else(String::new, |at| format!("Ra lúc {}", words::time(at)));
        let place = if person.site.is_empty() { &person.unit } else { &person.site };
        rows.push(vec![
            text("Người dự"),
            time(Some(person.came_ms)),
            text(&person.name),
            text(place),
            text(words::role(person.role)),
            span(person.present_ms),
            text(left),
        ]);
    }
    for site in &report.sites {
        let row = [text("Điểm cầu"), Cell::Nothing, text(&site.name), text(&site.id)];
        let rest = [text(result(&site.result)), span(site.present_ms), Cell::Nothing];
        rows.push(row.into_iter().chain(rest).collect());
    }
    for turn in &report.floor {
        let row = [text("Phát biểu"), time(Some(turn.at_ms)), text(&turn.name), text(&turn.site)];
        rows.push(row.into_iter().chain([Cell::Nothing, span(turn.spoke_ms), Cell::Nothing]).collect());
    }
    for item in &report.agenda {
        let planned = format!("Dự kiến {} phút", item.planned_minutes);
        let planned = if item.planned_minutes == 0 { String::new() } else { planned };
        let row = [text("Chương trình"), time(item.opened_ms), text(&item.title), Cell::Nothing];
        rows.push(row.into_iter().chain([Cell::Nothing, span(item.took_ms), text(planned)]).collect());
    }
    for incident in &report.incidents {
        let row = [text("Sự cố"), time(Some(incident.at_ms)), text(&incident.who), Cell::Nothing];
        let lasted = incident.lasted_ms.map_or(Cell::Nothing, span);
        rows.push(row.into_iter().chain([text(shown(&incident.what)), lasted, Cell::Nothing]).collect());
    }
    for act in &report.acts {
        let row = [text("Điều hành"), time(Some(act.at_ms)), text(&act.by), Cell::Nothing];
        rows.push(row.into_iter().chain([text(shown(&act.what)), Cell::Nothing, text(&act.on)]).collect());
    }
    let mut facts = vec![("Cuộc họp", report.title.clone())];
    if !report.label.is_empty() {
        facts.push(("Độ mật", report.label.clone()));
    }
    let known = |at: Option<i64>| at.map_or_else(|| "Chưa".to_owned(), words::time);
    facts.extend([
        ("Bắt đầu", known(report.opened_ms)),
        ("Kết thúc", known(report.ended_ms)),
        ("Lượt vào họp", report.people.len().to_string()),
        ("Lượt phát biểu", report.floor.len().to_string()),
        ("Sự cố", report.incidents.len().to_string()),
    ]);
    Sheet { title: "Báo cáo kết thúc cuộc họp".to_owned(), facts, columns: COLUMNS.to_vec(), rows }
}
