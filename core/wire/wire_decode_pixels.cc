#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wire/decode.h"
#include "core/wire/identifiers.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

constexpr char kOffloadMessage[] = "offload message";
constexpr char kCloudAsk[] = "cloud ask";

Status CheckEncoding(fb::Encoding encoding, const char* what) {
  if (encoding == fb::Encoding::kRaw || encoding == fb::Encoding::kJpeg) {
    return Done{};
  }
  return Fault(Error::kOutOfRange, "{}: views of encoding {}", what,
               static_cast<int>(encoding));
}

/// Takes numbers and encoded views from the front of bytes; what is not there
/// is a fault.
class ViewReader {
 public:
  ViewReader(std::span<const std::uint8_t> bytes, fb::Encoding encoding,
             const char* what)
      : bytes_(bytes), encoding_(encoding), what_(what) {}

  bool done() const { return bytes_.empty(); }

  Result<std::uint16_t> TakeNumber() {
    std::uint16_t number = 0;
    if (bytes_.size() < sizeof(number)) return CutOff();
    std::memcpy(&number, bytes_.data(), sizeof(number));
    bytes_ = bytes_.subspan(sizeof(number));
    return number;
  }
  Result<EncodedView> TakeView() {
    const auto size = TakeNumber();
    if (!size) return size.failure();
    const bool fits = encoding_ == fb::Encoding::kRaw
                          ? *size == kViewBytes
                          : *size > 0 && *size <= kMaxEncodedViewBytes;
    if (!fits) {
      return Fault(Error::kBadShape, "{}: a view of {} bytes", what_, *size);
    }
    if (bytes_.size() < *size) return CutOff();
    const auto view = bytes_.first(*size);
    bytes_ = bytes_.subspan(*size);
    return EncodedView(view.begin(), view.end());
  }

 private:
  Failure CutOff() const {
    return Fault(Error::kBadShape, "{}: its views are cut off", what_);
  }

  std::span<const std::uint8_t> bytes_;
  fb::Encoding encoding_;
  const char* what_;
};

Result<std::vector<TickScores::ViewScores>> ToViews(ViewReader reader) {
  std::vector<TickScores::ViewScores> views;
  while (!reader.done()) {
    const auto object = reader.TakeNumber();
    if (!object) return object.failure();
    auto pixels = reader.TakeView();
    if (!pixels) return pixels.failure();
    views.push_back({*object, {}, std::move(*pixels)});
  }
  return views;
}

}  // namespace

Status CheckBatch(const std::vector<fb::BatchTick>& batch, Tick first,
                  std::size_t views, const char* what) {
  if (batch.size() > kMaxTicksPerMessage) {
    return Fault(Error::kOversized, "{}: {} ticks, at most {}", what,
                 batch.size(), kMaxTicksPerMessage);
  }
  if (batch.empty() || batch.front().tick() != first) {
    return Fault(Error::kBadShape, "{}: its batch does not start at tick {}",
                 what, first);
  }
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i > 0 && !Before(batch[i - 1].tick(), batch[i].tick())) {
      return Fault(Error::kOutOfRange, "{}: tick {} follows tick {}", what,
                   batch[i].tick(), batch[i - 1].tick());
    }
    sum += batch[i].views();
  }
  if (sum != views) {
    return Fault(Error::kBadShape,
                 "{}: its ticks speak of {} views, but {} are here", what, sum,
                 views);
  }
  return Done{};
}

Status CheckTick(const TickScores& tick, const char* what) {
  if (tick.views.size() > kMaxObjectsPerTick) {
    return Fault(Error::kOversized, "{}: {} views at tick {}, at most {}", what,
                 tick.views.size(), tick.tick, kMaxObjectsPerTick);
  }
  std::vector<ObjectNumber> objects;
  for (const auto& view : tick.views) objects.push_back(view.object);
  std::ranges::sort(objects);
  if (std::ranges::adjacent_find(objects) == objects.end()) return Done{};
  return Fault(Error::kBadShape, "{}: an object is twice in tick {}", what,
               tick.tick);
}

Result<OffloadMessage> Codec::DecodeOffload(std::string_view bytes) const {
  const auto in = OpenMessage<fb::Offload>(bytes, kOffloadIdentifier,
                                           kOffloadMessage, bundle_);
  if (!in) return in.failure();
  const fb::OffloadHeader& header = *(*in)->header();
  if (auto s = CheckEncoding(header.encoding(), kOffloadMessage); !s) {
    return s.failure();
  }
  std::span<const std::uint8_t> encoded;
  if (const auto* vector = (*in)->views()) {
    encoded = {vector->data(), vector->size()};
  }
  auto views = ToViews(ViewReader(encoded, header.encoding(), kOffloadMessage));
  if (!views) return views.failure();
  auto batch = CopyVector<fb::BatchTick>((*in)->batch());
  if ((*in)->batch() == nullptr) {
    batch.emplace_back(header.tick(),
                       static_cast<std::uint32_t>(views->size()));
  }
  if (auto s = CheckBatch(batch, header.tick(), views->size(), kOffloadMessage);
      !s) {
    return s.failure();
  }
  OffloadMessage message{.sequence = header.sequence(),
                         .offload = static_cast<Offload>(header.encoding()),
                         .ticks = {}};
  auto next = std::make_move_iterator(views->begin());
  for (const fb::BatchTick& tick : batch) {
    message.ticks.push_back({tick.tick(), {next, next + tick.views()}});
    next += tick.views();
    if (auto s = CheckTick(message.ticks.back(), kOffloadMessage); !s) {
      return s.failure();
    }
  }
  return message;
}

Result<std::vector<EncodedView>> ToAskViews(const fb::AskHeader& header,
                                            std::span<const std::uint8_t> bits,
                                            const Bundle& bundle) {
  if (auto s = CheckEncoding(header.encoding(), kCloudAsk); !s) {
    return s.failure();
  }
  const auto devices = static_cast<std::size_t>(bundle.device_count());
  const auto known = (std::uint64_t{1} << devices) - 1;
  if (header.present() == 0 || header.present() > known) {
    return Fault(Error::kBadShape, "{}: views {:x} of {} devices", kCloudAsk,
                 header.present(), devices);
  }
  ViewReader reader(bits, header.encoding(), kCloudAsk);
  std::vector<EncodedView> views(devices);
  for (std::size_t i = 0; i < devices; ++i) {
    if ((header.present() >> i & 1U) == 0) continue;
    auto view = reader.TakeView();
    if (!view) return view.failure();
    views[i] = std::move(*view);
  }
  if (reader.done()) return views;
  return Fault(Error::kBadShape, "{}: bytes after its views", kCloudAsk);
}

}  // namespace ddnn
