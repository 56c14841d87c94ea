/** Sample people and units for fake meetings, with the long names and stacked marks that break layouts. */
import type { ParticipantView, Role } from "../protocol/generated";

const NAMES = [
  "Nguyễn Thị Hường",
  "Nguyễn Văn Minh",
  "Trần Thị Mai Khuê",
  "Lê Quang Đạt",
  "Hoàng Thị Ỷ Ậu",
  "Phạm Ngọc Ánh",
  "Vũ Đình Thắng",
  "Đỗ Thị Bích Ngọc",
  "Nguyễn Hoàng Phương Thảo Nguyên",
  "Bùi Xuân Trường",
  "Đặng Hữu Nghĩa",
  "Giáp Văn Ơn",
];

const UNITS = [
  "Ủy ban nhân dân tỉnh Bắc Giang",
  "Sở Thông tin và Truyền thông",
  "Sở Nông nghiệp và Phát triển nông thôn",
  "Văn phòng Tỉnh ủy",
  "UBND thành phố Bắc Giang",
  "UBND huyện Lục Ngạn",
  "UBND xã Tân Sơn, huyện Lục Ngạn",
  "Sở Giáo dục và Đào tạo",
  "Công an tỉnh",
  "Ban Quản lý các khu công nghiệp tỉnh Bắc Giang",
];

/** Participant number `id` (from 1) of a fake meeting: 1 chairs, 2 is the secretary. */
export function fakePerson(id: number): ParticipantView {
  const round = Math.floor((id - 1) / NAMES.length);
  const role: Role = id === 1 ? "chair" : id === 2 ? "secretary" : id % 9 === 0 ? "listener" : "delegate";
  const speaks = role !== "listener";
  return {
    id,
    name: (NAMES[(id - 1) % NAMES.length] ?? "") + (round === 0 ? "" : ` ${round + 1}`),
    unit: UNITS[(id - 1) % UNITS.length] ?? "",
    role,
    presence: id % 13 === 0 ? "reconnecting" : "here",
    microphone: speaks && id % 3 !== 0,
    camera: speaks && id % 5 !== 0,
    screen: false,
    muted_by: null,
  };
}

const LINES = [
  "Kính chào đồng chí chủ trì và các điểm cầu.",
  "Điểm cầu Lục Ngạn nghe rõ, hình tốt.",
  "Đề nghị gửi lại tài liệu phiên sáng, trang 12 bị thiếu phụ lục.",
  "Sở NN&PTNT xin phát biểu sau phần báo cáo của Sở Tài chính.",
  "Đã nhận được, xin cảm ơn.",
];

/** Chat line number `index` (from 0). */
export function fakeLine(index: number): string {
  return LINES[index % LINES.length] ?? "";
}
