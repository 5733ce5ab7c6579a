#include "cli/serve/group_page.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "core/nn/view.h"
#include "core/offload/encoded_view.h"

namespace ddnn {

Status GroupPage::OnConfig(std::string_view payload) {
  if (payload.empty()) return Done{};  // deleted: the next one counts
  auto config = DecodeGroupConfig(payload);
  if (!config) return config.failure();
  const bool is_news = !config_ || config_->bundle_tag != config->bundle_tag ||
                       config_->classes != config->classes ||
                       config_->devices != config->devices;
  config_ = std::move(config).value();
  if (!is_news) return Done{};
  answer_.reset();
  opinions_.reset();
  previews_.clear();
  const bool same_bundle =
      network_ != nullptr && network_->bundle().tag == config_->bundle_tag &&
      network_->bundle().device_count() == config_->devices;
  if (same_bundle) opinions_.emplace(*network_);
  return Done{};
}

Status GroupPage::OnResult(std::string_view payload, Instant now) {
  if (!config_) return Error::kNotConnected;
  auto result = DecodeResultJson(payload, config_->classes);
  if (!result) return result.failure();
  if (seen_.Add(result->sample)) {
    ++totals_.results;
    ++totals_.status.at(static_cast<std::size_t>(result->status));
    totals_.content_bytes += static_cast<std::uint64_t>(result->content_bytes);
    totals_.raw_bytes += result->views_used.size() * kViewBytes;
    history_.Add(OutcomeOf(*result), now);
  }
  answer_ = {std::move(result).value(), now};
  return Done{};
}

Status GroupPage::OnLoss(std::string_view payload, Instant now) {
  const auto loss = DecodeLossJson(payload);
  if (!loss) return loss.failure();
  const auto* lost = std::get_if<SampleLoss>(&*loss);
  if (lost == nullptr || !seen_.Add(lost->sample)) return Done{};
  ++totals_.lost;
  history_.Add(Outcome::kLost, now);
  return Done{};
}

Status GroupPage::OnScore(int device, std::string_view payload, Instant now) {
  if (!opinions_) return Error::kNotConnected;
  return opinions_->Take(device, payload, now);
}

Status GroupPage::OnPreview(int device, std::string_view payload, Instant now) {
  if (!config_) return Error::kNotConnected;
  if (device < 0 || device >= config_->devices) return Error::kUnknownDevice;
  if (auto s = CheckEncodedView(payload, Offload::kJpeg); !s) return s;
  previews_[device] = {std::make_shared<const std::string>(payload),
                       ++previews_seen_, now};
  return Done{};
}

std::optional<std::string> GroupPage::OtherBundle() const {
  if (network_ == nullptr || !config_ || opinions_) return std::nullopt;
  return fmt::format(
      "the bundle given ({}, tag {:08x}) is not what this group runs (tag "
      "{:08x})",
      network_->bundle().name, network_->bundle().tag, config_->bundle_tag);
}

const GroupPage::Preview* GroupPage::preview(int device, Instant now) const {
  const auto found = previews_.find(device);
  const bool there =
      found != previews_.end() && now - found->second.at <= kPreviewAge;
  return there ? &found->second : nullptr;
}

}  // namespace ddnn
