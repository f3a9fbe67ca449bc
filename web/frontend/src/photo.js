// A phone's photo has 12 megapixels; a record needs 2000 px.
const LONGEST = 2000;
const QUALITY = 0.85;
const PICTURES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'image/heif'];

async function decoded(file) {
  try {
    return await createImageBitmap(file); // turned the right way up by its EXIF orientation
  } catch (trouble) {
    if (trouble instanceof DOMException) return null; // not readable here: the server judges
    throw trouble;
  }
}

function painted(picture, scale) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // JPEG has no transparency
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}

// The file itself, or a JPEG of at most LONGEST px a side.
export async function scaledDown(file) {
  if (!PICTURES.includes(file.type)) return file;
  const picture = await decoded(file);
  if (!picture) return file;
  const scale = LONGEST / Math.max(picture.width, picture.height);
  if (scale >= 1) return file;
  const blob = await painted(picture, scale);
  return blob ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: blob.type }) : file;
}
