#include "core/vision/camera_device.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <spdlog/fmt/fmt.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ddnn {
namespace {

/// What the open device says of itself. \return 0 or an errno.
int Probe(int fd) {
  v4l2_capability can{};
  if (::ioctl(fd, VIDIOC_QUERYCAP, &can) != 0) return ENOTTY;
  const auto own = (can.capabilities & V4L2_CAP_DEVICE_CAPS) != 0
                       ? can.device_caps
                       : can.capabilities;
  if ((own & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) == 0) {
    return ENOTTY;
  }
  v4l2_requestbuffers none{};
  none.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  none.memory = V4L2_MEMORY_MMAP;
  // Freeing no buffers fails only if another process holds them.
  const bool busy = ::ioctl(fd, VIDIOC_REQBUFS, &none) != 0 && errno == EBUSY;
  return busy ? EBUSY : 0;
}

}  // namespace

Failure CameraFailure(const std::string& device, int error) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return {Error::kNotFound,
              device + ": no such camera; plug it in, and see: ls /dev/video*"};
    case EACCES:
    case EPERM:
      return {Error::kRefused,
              device + ": not allowed; add this user to the group video"};
    case EBUSY:
      return {Error::kRefused,
              fmt::format("{}: in use by another process; see: fuser -v {}",
                          device, device)};
    case ENOTTY:
      return {Error::kUnreadable,
              device +
                  ": not a camera; cameras often have several devices, "
                  "see: v4l2-ctl --list-devices"};
    default:
      return {Error::kUnreadable,
              device + ": " + std::generic_category().message(error)};
  }
}

Status CheckCameraDevice(const std::string& device) {
  const int fd = ::open(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return CameraFailure(device, errno);
  const int error = Probe(fd);
  ::close(fd);
  if (error != 0) return CameraFailure(device, error);
  return Done{};
}

}  // namespace ddnn
