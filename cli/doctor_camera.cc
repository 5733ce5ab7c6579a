#include "cli/doctor_camera.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <string>

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/vision/open_live_source.h"
#include "core/vision/open_source.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLookAtMost{2};
constexpr int kImagesAtMost = 60;
constexpr const char* kRemedy = "check the keys source.* and views.*";

/// What a camera has delivered while we looked.
struct Look {
  int images = 0;
  bool keeps_own_pace = false;
  std::chrono::duration<double> lasted{0};
  Frame last;
};

/// \return the failure of the first image; later ones end the look.
Result<Look> LookAt(FrameSource* frames) {
  if (const auto opened = frames->Open(); !opened) return opened.failure();
  Look look;
  look.keeps_own_pace = frames->frame_period().count() == 0;
  auto read = frames->Read(&look.last);
  const auto begin = steady_clock::now();
  if (!read) return read.failure();
  while (read.ok() && *read && ++look.images < kImagesAtMost &&
         look.lasted < kLookAtMost) {
    read = frames->Read(&look.last);
    look.lasted = steady_clock::now() - begin;
  }
  frames->Close();
  if (look.images > 0) return look;
  return Failure{Error::kUnreadable, frames->name() + ": shows no image"};
}

Finding CheckImages(const SourceConfig& source, int devices) {
  const auto frames = MakeFrameSource(source);
  const auto look = LookAt(frames.get());
  if (!look) {
    const bool on_disk = source.kind == "video" || source.kind == "folder";
    return Fault("camera", on_disk ? kExitData : kExitUnavailable,
                 look.message(), kRemedy);
  }
  const auto fits = MakeViewExtractor(source.views, devices)
                        ->Check(look->last.width, look->last.height);
  if (!fits) return Fault("camera", kExitConfig, fits.message(), kRemedy);
  std::string text = fmt::format("{}: {}x{} pixels", frames->name(),
                                 look->last.width, look->last.height);
  if (look->keeps_own_pace && look->images > 1) {
    text += fmt::format(", {:.1f} images a second",
                        (look->images - 1) / look->lasted.count());
  }
  return Ok("camera", text);
}

/// A data set or the street.
Finding CheckReplay(SourceConfig source, const SourceUse& use) {
  source.preload = false;  // would read all of it
  const SystemClock clock;
  const auto opened = OpenSource(source, use, clock);
  if (!opened) return Fault("camera", kExitData, opened.message(), kRemedy);
  return Ok(
      "camera",
      fmt::format(
          "source.kind {}: camera {} of {}", source.kind, use.camera,
          source.kind == "street" ? "the simulated street" : "a data set"));
}

}  // namespace

Finding CheckCamera(const AgentProfile& profile,
                    const std::optional<Placement>& placement,
                    std::optional<pid_t> running) {
  const SourceConfig& source = profile.source;
  try {
    if (IsLiveKind(source)) {
      if (source.kind == "camera" && running) {
        return Skipped("camera",
                       fmt::format("{} runs and has it; its state and "
                                   "/metrics tell how it does",
                                   profile.agent));
      }
      return CheckImages(source,
                         placement ? placement->bundle.device_count() : 1);
    }
    if (!placement) return Skipped("camera", "the bundle is needed for this");
    const Bundle& bundle = placement->bundle;
    const auto index = static_cast<std::size_t>(placement->place.device);
    return CheckReplay(source, {.camera = bundle.nodes[index].camera,
                                .classes = bundle.classes,
                                .devices = bundle.device_count()});
  } catch (const ConfigError& e) {
    return Fault("camera", kExitConfig, e.what(), kRemedy);
  }
}

}  // namespace ddnn
