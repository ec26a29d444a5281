import { textOf } from '../draft.ts';
import { isHalfWidth } from '../text.ts';
import { head, type Answer, type Api, type Call } from './call.ts';

/** apiversiongetv2 tells about all calls, itself too; so it is made from the list of the others. */
export function apiVersions(others: readonly Api[]): Api {
  const root = 'apiversiongetv2res';
  const paths = [...others.map((api) => api.path), '/api01rv2/apiversiongetv2'];

  function answer(call: Call): Answer {
    const id = textOf(call.record, 'Api_Id');
    if (!isHalfWidth(id)) return { root, record: head(call, '0001', 'ＩＤに半角以外の文字が入力されています。') };
    const found = paths.filter((path) => id === '' || path.endsWith(`/${id}`));
    if (found.length === 0) return { root, record: head(call, '0002', '対象となる日レセＡＰＩが存在しませんでした。') };
    return {
      root,
      record: {
        ...head(call, '0000', '処理終了'),
        Api_Information: found.map((path) => ({
          Api_Url: path,
          Api_Name: path.slice(path.lastIndexOf('/') + 1),
          Api_Version: '1.0.0',
        })),
      },
    };
  }
  return {
    path: '/api01rv2/apiversiongetv2',
    method: 'POST',
    requestRoot: 'apiversiongetv2req',
    answerRoot: root,
    width: 4,
    answer,
  };
}
