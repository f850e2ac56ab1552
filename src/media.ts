/**
 * `portcullis/media`: where pictures are kept, how an upload becomes one, and how one is served.
 * @module
 */

export { decodePicture, type Picture, type PictureLimits } from './media/decode-picture.js'
export { checkMediaFolder, fileSystemStorage } from './media/file-system-storage.js'
export { mediaResponse, type MediaRequest } from './media/media-response.js'
export { preparePicture, savePicture, type PictureSaving, type PreparedPicture } from './media/save-picture.js'
export { isStoredName, newPictureName, type MediaStorage, type StoredMedia } from './media/storage.js'
