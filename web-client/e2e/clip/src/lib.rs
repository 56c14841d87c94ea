//! Empty: the manifest beside it only names the package that ships the camera clip.
